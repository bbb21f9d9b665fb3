"""The headers that CloudFront adds to every answer, read from the template, so that a browser meets them here too."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

# Finds the headers for a path of the site.
HeadersOf = Callable[[str], list[tuple[bytes, bytes]]]

# Browsers ignore it over plain HTTP.
_LEFT_OUT = {"StrictTransportSecurity"}


def response_headers(template: dict[str, Any], api_url: str | None, parameters: dict[str, str]) -> HeadersOf:
    """The headers of each path, by CloudFront's behaviours, with ``api_url`` instead of AWS's own addresses. If it is
    None, pages call AWS at their own origin.

    ``parameters`` are the template's parameters that differ from their defaults.
    """
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [*config["CacheBehaviors"], {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    chosen = [
        (one["PathPattern"], _headers_of(template, one["ResponseHeadersPolicyId"]["Ref"], api_url, parameters))
        for one in behaviours
    ]
    return lambda path: next(headers for pattern, headers in chosen if fnmatchcase(path, pattern))


def _headers_of(
    template: dict[str, Any], name: str, api_url: str | None, parameters: dict[str, str]
) -> list[tuple[bytes, bytes]]:
    policy = template["Resources"][name]["Properties"]["ResponseHeadersPolicyConfig"]
    security = {name: value for name, value in policy["SecurityHeadersConfig"].items() if name not in _LEFT_OUT}
    content_policy = _filled(
        template, security.pop("ContentSecurityPolicy")["ContentSecurityPolicy"]["Fn::Sub"], parameters
    )
    directives = [_with_api(directive.strip(), api_url) for directive in content_policy.split(";")]
    security.pop("ContentTypeOptions")
    headers = {
        "content-security-policy": "; ".join(directives),
        "x-content-type-options": "nosniff",
        "referrer-policy": security.pop("ReferrerPolicy")["ReferrerPolicy"],
    }
    frames = _chosen(template, security.pop("FrameOptions"), parameters)
    if "FrameOption" in frames:
        headers["x-frame-options"] = frames["FrameOption"]
    if security:
        raise ValueError(f"security headers unknown here: {', '.join(security)}")
    items = (_chosen(template, item, parameters) for item in policy["CustomHeadersConfig"]["Items"])
    headers |= {item["Header"].lower(): item["Value"] for item in items if "Header" in item}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _chosen(template: dict[str, Any], item: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """The item that a condition on one parameter chooses."""
    if "Fn::If" not in item:
        return item
    if_so: dict[str, Any]
    condition, if_so, if_not = item["Fn::If"]
    parameter, value = template["Conditions"][condition]["Fn::Equals"]
    return if_so if _value(template, parameter["Ref"], parameters) == value else if_not


def _filled(template: dict[str, Any], text: str, parameters: dict[str, str]) -> str:
    """A text with the template's parameters filled in."""
    return re.sub(r"\$\{(\w+)\}", lambda found: _value(template, found[1], parameters), text)


def _value(template: dict[str, Any], name: str, parameters: dict[str, str]) -> str:
    value: str = parameters.get(name, template["Parameters"][name]["Default"])
    return value


def _with_api(directive: str, api_url: str | None) -> str:
    """A directive that allows the one endpoint of this stack where it allowed AWS's."""
    name, *sources = directive.split()
    own = [source for source in sources if not re.fullmatch(r"https://\S+\.amazonaws\.com", source)]
    return " ".join([name, *own, *([api_url] if api_url and len(own) < len(sources) else [])])
