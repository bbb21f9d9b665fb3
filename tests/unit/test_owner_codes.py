"""The owner's pages say in their own words, and so in their own language, what functions refuse: no code is without
words, and no words are without a code. What visitors get: test_visitor_codes.py.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from functions.errors import KinpicsError
from scripts.common.config import ROOT

# The words for the codes that a function answers with.
PAGES = {"manage": "owner/manage-refusals.js", "people": "owner/refusals.js"}
EVERYWHERE = "problems.js"
# What AWS says, and `answer_visitor` for it.
OF_AWS = {"AccessDenied", "AccessDeniedException", "TooManyRequests"}
# Never an answer: a function of its own meets these, or a command, or they are answered as another code.
UNHEARD = {
    *("AllowanceReached", "BadAudience", "BadBox", "BadMessage", "BadPass", "BadText", "BadXmp", "CeilingReached"),
    *("Decision", "DifferentPeople", "EventTaken", "FaceGone", "NotMoved", "NotShowable", "PersonName", "Request"),
    *("SearchesUsedUp",),
}
# The people function tries these again itself.
OF_QUEUES = {"AudienceBusy", "BadName", "RoundTaken", "SetMoving", "StaleRow", "TableBusy"}


def source(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(source(module).read_text())


def modules_of(function: str) -> set[str]:
    """The modules that a function's handler imports, and those that these import."""
    found, left = set[str](), [f"functions.{function}.handler"]
    while left:
        module = left.pop()
        if module in found or not source(module).exists():
            continue
        found.add(module)
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("functions"):
                left += [str(node.module), *(f"{node.module}.{name.name}" for name in node.names)]
    return found


def literals(module: str) -> Iterator[str]:
    """Codes that a module gives to what it raises or answers with."""
    for node in ast.walk(tree_of(module)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        at = {"RequestError": 1, "answer_visitor": 1, "_refused": 0}.get(name, len(node.args))
        given = [*node.args[at : at + 1], *(word.value for word in node.keywords if word.arg == "code")]
        yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def classes(modules: set[str]) -> Iterator[type[KinpicsError]]:
    for module in modules:
        for thing in vars(importlib.import_module(module)).values():
            if isinstance(thing, type) and issubclass(thing, KinpicsError) and thing is not KinpicsError:
                yield thing


def codes_of(function: str) -> set[str]:
    """The codes that a function may answer with."""
    modules = modules_of(function)
    # What others do with these modules has its own codes.
    own = {module for module in modules if module.split(".")[1] in {function, "access"} or module.count(".") == 1}
    raised = {thing.code for thing in classes(own)} - UNHEARD
    if function == "people":
        return {code for module in own for code in literals(module)} | raised - OF_QUEUES | {"InvalidDecision"}
    return {code for module in own for code in literals(module)} | raised | {"RoundTaken"}


def worded(script: str) -> set[str]:
    """The codes that a script has words for."""
    text = (ROOT / "site" / "js" / script).read_text()
    return set(re.findall(r"^ +([A-Z]\w+):", text, re.MULTILINE)) | set(re.findall(r'"([A-Z][A-Za-z]+)"', text))


@pytest.mark.parametrize(("function", "script"), PAGES.items())
def test_each_refusal_has_words_and_all_words_have_a_refusal(function: str, script: str) -> None:
    codes = codes_of(function)
    assert codes - worded(script) - worded(EVERYWHERE) == set()
    assert worded(script) - codes - OF_AWS == set()
