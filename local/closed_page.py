"""The page that CloudFront's function shows while the site is closed, read from the template."""

import re
from typing import Any


def closed_page(template: dict[str, Any]) -> bytes:
    """The page in the code of the template's ``Router``: its lines, as JavaScript joins them."""
    code = template["Resources"]["Router"]["Properties"]["FunctionCode"]
    lines = re.search(r"var closedPage = \[(.*?)\]\.join\('\\n'\);", code, re.DOTALL)
    if lines is None:
        raise ValueError("the template's router has no page for a closed site")
    return "\n".join(re.findall(r"'([^']*)'", lines[1])).encode()
