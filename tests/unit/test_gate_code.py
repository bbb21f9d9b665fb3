"""The gate's code in the template: made from edge/gate.js, and what CloudFront takes."""

import re

from functions.languages import LANGUAGES
from scripts.common.template import TEMPLATE, gate_code, load_template
from scripts.reference.gate_code import MAX_BYTES, SOURCE, made_code, with_gate

CODE: str = load_template()["Resources"]["Router"]["Properties"]["FunctionCode"]["Fn::Sub"]


def test_the_template_holds_todays_gate() -> None:
    assert made_code() == CODE, "run `make gate`"
    text = TEMPLATE.read_text(encoding="utf-8")
    assert with_gate(text) == text


def test_cloudformation_fills_in_the_language_alone() -> None:
    assert re.findall(r"\$\{.*?\}", CODE) == ["${Language}"]
    assert f"var language = '{LANGUAGES[1]}';" in gate_code(load_template(), LANGUAGES[1])


def test_cloudfront_takes_the_code() -> None:
    assert CODE.isascii(), "CloudFormation keeps no other letters"
    assert len(CODE) <= MAX_BYTES
    assert CODE.startswith("var closed = false;\n")
    assert re.findall(r"\nasync function handler\(event\)", CODE)


def test_the_gate_is_written_in_what_cloudfronts_runtime_knows() -> None:
    source = re.sub(r"//.*", "", SOURCE.read_text(encoding="utf-8"))
    unknown = [
        r"\bfor\s*\(\s*(const|let|var)\s+\w+\s+of\b",
        r"\.\.\.",
        r"\?\?",
        r"\?\.",
        r"\bclass\s+\w",
        r"Promise\.",
        r"\.then\(",
    ]
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
    unknown += [r"[(,]\s*await\b", r"async\s*\(", r"(const|let)\s*[{\[]"]
    assert [pattern for pattern in unknown if re.search(pattern, source)] == []
    assert not re.search(r"[\w$]\(await\b", CODE)
