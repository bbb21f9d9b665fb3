"""The headers that CloudFront adds to every answer, read from the template, so that a browser meets them here too."""

import re
from typing import Any

# Browsers ignore it over plain HTTP.
_LEFT_OUT = {"StrictTransportSecurity"}


def response_headers(template: dict[str, Any], api_url: str, parameters: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers of the template's policy ``ResponseHeaders``, with ``api_url`` instead of AWS's own addresses.

    ``parameters`` are those of the template's that differ from its defaults.
    """
    policy = template["Resources"]["ResponseHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = {name: value for name, value in policy["SecurityHeadersConfig"].items() if name not in _LEFT_OUT}
    content_policy = security.pop("ContentSecurityPolicy")["ContentSecurityPolicy"]["Fn::Sub"]
    directives = [_with_api(directive.strip(), api_url) for directive in content_policy.split(";")]
    security.pop("ContentTypeOptions")
    headers = {
        "content-security-policy": "; ".join(directives),
        "x-content-type-options": "nosniff",
        "x-frame-options": security.pop("FrameOptions")["FrameOption"],
        "referrer-policy": security.pop("ReferrerPolicy")["ReferrerPolicy"],
    }
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
    name = parameter["Ref"]
    is_so = parameters.get(name, template["Parameters"][name]["Default"]) == value
    return if_so if is_so else if_not


def _with_api(directive: str, api_url: str) -> str:
    """A directive that allows the one endpoint of this stack where it allowed AWS's."""
    name, *sources = directive.split()
    own = [source for source in sources if not re.fullmatch(r"https://\S+\.amazonaws\.com", source)]
    return " ".join([name, *own, *([api_url] if len(own) < len(sources) else [])])
