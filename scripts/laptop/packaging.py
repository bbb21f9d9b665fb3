"""What `sam package` does, for the laptop: local code and policy documents go to S3, the template points there.

Only the functions' own modules are zipped: the stack runs them with its own Python, where their requirements are
installed. For AWS, `sam build` adds them (functions/Makefile).
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from scripts.common.template import load_template

# A fixed modification time, so that the same code makes the same archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def package_checkout(root: Path, bucket: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The template of a checkout with its local files replaced by S3 locations, and those files by key."""
    template = load_template(root / "template.yaml")
    uploads: dict[str, bytes] = {}

    def upload(data: bytes, suffix: str) -> str:
        key = hashlib.sha256(data).hexdigest() + suffix
        uploads[key] = data
        return f"s3://{bucket}/{key}"

    template["Globals"]["Function"]["CodeUri"] = upload(_zip_functions(root / "functions"), ".zip")
    for include in _includes(template):
        location = root / include["Parameters"]["Location"]
        include["Parameters"]["Location"] = upload(location.read_bytes(), ".json")
    return template, uploads


def digest(template: dict[str, Any], parameters: dict[str, str]) -> str:
    """A short hash of everything that is deployed."""
    return hashlib.sha256(json.dumps([template, parameters], sort_keys=True).encode()).hexdigest()[:32]


def _zip_functions(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.writestr(zipfile.ZipInfo(str(path.relative_to(folder.parent)), _EPOCH), path.read_bytes())
    return out.getvalue()


def _includes(node: Any) -> list[dict[str, Any]]:
    """Every AWS::Include below a node."""
    found = []
    if isinstance(node, dict):
        if isinstance(node.get("Fn::Transform"), dict) and node["Fn::Transform"].get("Name") == "AWS::Include":
            found.append(node["Fn::Transform"])
        for value in node.values():
            found += _includes(value)
    elif isinstance(node, list):
        for value in node:
            found += _includes(value)
    return found
