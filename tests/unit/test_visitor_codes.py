"""Visitors read words, never a code: site/js/problems.js knows every code that the functions they invoke can return."""

import ast
import re
from collections.abc import Iterator

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


def test_every_code_that_visitors_are_answered_with_has_words() -> None:
    modules = (ROOT / "functions").rglob("*.py")
    answered = {code for module in modules for code in codes(ast.parse(module.read_text()))}
    assert {"ImageTooLarge", "SearchFailed", "TooManyRequests", AllowanceReachedError.code} <= answered
    problems = (ROOT / "site" / "js" / "problems.js").read_text().partition("PROBLEMS = {")[2].partition("\n};")[0]
    assert answered - set(re.findall(r"^  (\w+): ", problems, re.MULTILINE)) == set()
