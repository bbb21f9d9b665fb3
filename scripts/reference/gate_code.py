"""Puts edge/gate.js into template.yaml: `make gate`.

CloudFront takes one file of at most 10,240 bytes, so the template holds the bundled and minified code. A test holds the
template to it (tests/unit/test_gate_code.py).
"""

import re
import tempfile
import textwrap
from pathlib import Path

from functions.site_access import OPEN_FLAG
from scripts.common.config import ROOT
from scripts.common.template import TEMPLATE
from scripts.site.bundle import BuildError, run_esbuild

SOURCE = ROOT / "edge" / "gate.js"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
MAX_BYTES = 10_240
# What the code refers to and doesn't declare. CloudFormation fills in the language.
_BEFORE = f"{OPEN_FLAG}\nvar language = '${{Language}}';\n"
# CloudFront looks for a function of this name, which esbuild shortens.
_EXPORTED = re.compile(r"export\s*\{\s*([\w$]+) as handler\s*\};?\s*$")
_AFTER = "async function handler(event){{return {name}(event)}}\n"
_OPTIONS = (
    "--bundle",
    "--format=esm",
    "--external:cloudfront",
    "--external:crypto",
    # CloudFormation keeps no other letters.
    "--charset=ascii",
    "--target=es2017",
    # Not the syntax: that would move what is awaited into arguments, where CloudFront doesn't allow it.
    "--minify-whitespace",
    "--minify-identifiers",
    "--line-limit=110",
)
_INDENT = " " * 8
_BLOCK = re.compile(rf"(?<=      FunctionCode: !Sub \|\n)(?:{_INDENT}.*\n|\n)+")


def made_code() -> str:
    """The function's code, in which CloudFormation still fills in the language. Raises ``BuildError``."""
    with tempfile.TemporaryDirectory(prefix="kinpics-") as folder:
        target = Path(folder) / "gate.js"
        run_esbuild([str(SOURCE), *_OPTIONS, f"--outfile={target}"])
        bundled = target.read_text(encoding="ascii")
    exported = _EXPORTED.search(bundled)
    if not exported:
        raise BuildError(f"{SOURCE} must export `handler`")
    return _BEFORE + _EXPORTED.sub("", bundled).rstrip() + "\n" + _AFTER.format(name=exported[1])


def with_gate(template: str) -> str:
    """The text of a template with today's code in it. Raises ``BuildError``."""
    block = textwrap.indent(made_code(), _INDENT)
    filled, count = _BLOCK.subn(lambda _: block, template)
    if count != 1:
        raise BuildError(f"the template has {count} functions of CloudFront, not one")
    return filled


if __name__ == "__main__":
    TEMPLATE.write_text(with_gate(TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
