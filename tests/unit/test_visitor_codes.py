"""Visitors read words, never a code: site/js/problems.js knows every code that functions can answer them with, and
uploading/refusals.js what is said about photos from browsers. What only the owner gets: test_owner_codes.py."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from functions.ledger import AllowanceReachedError, CeilingReachedError
from scripts.common.config import ROOT


def codes(tree: ast.AST) -> Iterator[str]:
    """The codes that a module answers visitors with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("RequestError", "answer_visitor"):
                yield from code_of(node.args[1])
        elif isinstance(node, ast.Dict):
            answered = zip(node.keys, node.values, strict=True)
            found = [value for key, value in answered if isinstance(key, ast.Constant) and key.value == "code"]
            yield from (value.value for value in found if isinstance(value, ast.Constant))


def code_of(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.Constant):
        return [argument.value]
    assert ast.unparse(argument) == "error.code", "a code stands where it is answered, or belongs to a ceiling"
    return [CeilingReachedError.code, *(kind.code for kind in CeilingReachedError.__subclasses__())]


def codes_of(functions: Iterable[Path]) -> set[str]:
    return {code for module in functions for code in codes(ast.parse(module.read_text()))}


def with_words(script: str, start: str, end: str) -> set[str]:
    words = (ROOT / "site" / "js" / script).read_text().partition(start)[2].partition(end)[0]
    return set(re.findall(r"^ +(\w+): ", words, re.MULTILINE))


def test_every_code_that_visitors_are_answered_with_has_words() -> None:
    owners = {ROOT / "functions" / name for name in ("people", "manage")}
    modules = set((ROOT / "functions").rglob("*.py"))
    senders = {ROOT / "functions" / "uploads", ROOT / "functions" / "arrivals"}
    answered = codes_of(path for path in modules if not (owners | senders) & set(path.parents))
    assert {"ImageTooLarge", "SearchFailed", "TooManyRequests", AllowanceReachedError.code} <= answered
    problems = with_words("problems.js", "PROBLEMS = {", "\n};")
    assert answered - problems == set()
    about_photos = {code for folder in senders for module in folder.glob("*.py") for code in codes_of_a_photo(module)}
    assert {"NotAPhoto", "TooManyBytes", "EventClosed", "Lost", "Twice"} <= about_photos
    known = with_words("uploading/refusals.js", "REFUSALS = {", "\n};") | set(
        re.findall(r'code === "(\w+)"', (ROOT / "site" / "js" / "uploading" / "refusals.js").read_text())
    )
    assert about_photos - known - problems == set()


def codes_of_a_photo(module: Path) -> set[str]:
    """The codes by which a module says what is wrong with a photo, or who may not send it."""
    text = module.read_text()
    return codes_of([module]) | set(re.findall(r'(?:_refused\(|code=|code, most = |return )"([A-Z][A-Za-z]+)"', text))
