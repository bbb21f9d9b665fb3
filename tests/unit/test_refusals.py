"""Pages say in their own words, and so in their own language, what functions refuse: no code is without words, and no
words are without a code.
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

# Where a function's codes are, and where the pages that call it have words for them.
PAGES = {
    "manage": ("owner/manage-refusals.js",),
    "people": ("owner/refusals.js",),
    "uploads": ("uploading/refusals.js", "uploading/crowd.js"),
    "arrivals": ("uploading/refusals.js", "uploading/crowd.js"),
    "door": (),
    "search": (),
    "removal": (),
}
EVERYWHERE = "problems.js"
# What AWS says, and `answer_visitor` for it.
OF_AWS = {"AccessDenied", "AccessDeniedException", "TooManyRequests"}
# Never an answer: a function of its own meets these, or a command, or they are answered as another code.
UNHEARD = {
    *("NoNameLeft", "RoundTaken", "Unusable"),
    *("BadAudience", "BadBox", "BadMessage", "BadPass", "BadXmp", "EventTaken", "FaceGone", "QueueRefused", "Request"),
    *("SearchesUsedUp", "NotDeleted", "StrayObject", "UnreadableMessage", "ArrivalFailed", "BadGalleryName"),
    *("AudienceBusy", "Decision", "NotMoved", "BadText", "PersonName", "NotShowable", "DifferentPeople"),
}
HEARD = {"manage": {"AudienceBusy", "RoundTaken"}, "people": {"InvalidDecision"}}
# Raised where every function can reach them; each is about work that visitors' functions don't do.
WORK = {"SetMoving", "StaleRow", "TableBusy", "BadName", "BadMail", "NoMailsLeft", "CeilingReached", "AllowanceReached"}


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
    others = function == "arrivals"
    own |= {module for module in modules if others and module.startswith("functions.uploads")}
    raised = {thing.code for thing in classes(own)} - UNHEARD | HEARD.get(function, set())
    if function != "manage":
        raised -= WORK
    return {code for module in own for code in literals(module)} | raised


def worded(script: str) -> set[str]:
    """The codes that a script has words for."""
    text = (ROOT / "site" / "js" / script).read_text()
    return set(re.findall(r"^ +([A-Z]\w+):", text, re.MULTILINE)) | set(re.findall(r'"([A-Z][A-Za-z]+)"', text))


@pytest.mark.parametrize("function", PAGES)
def test_each_refusal_has_words_on_the_page(function: str) -> None:
    words = set[str]().union(*map(worded, PAGES[function]), worded(EVERYWHERE))
    assert codes_of(function) - words == set()


def test_no_words_are_left_of_a_refusal_that_is_gone() -> None:
    assert worded("owner/manage-refusals.js") - codes_of("manage") - OF_AWS == set()
    assert worded("owner/refusals.js") - codes_of("people") - OF_AWS == set()
