"""What the laptop stack replaces and uses of ministack's insides is what it was written for, or it does not start."""

import ast
import importlib
import re
import tomllib
import types
from pathlib import Path

import pytest

from local.embedded.insides import USED, check_insides
from local.embedded.replacing import VERSION, ChangedError, add, check, replace, replace_text, replace_value

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "local" / "embedded").glob("*.py"))


def module() -> types.ModuleType:
    made = types.ModuleType("ministack.made")

    def greet(name: str, *rest: int, loud: bool = False) -> str:
        return f"hello {name}"

    made.__dict__.update(greet=greet, port="4566", script="a\nb\n", table={"s3": 1})
    return made


def test_a_replacement_gives_back_what_it_replaces() -> None:
    made = module()
    original = replace(made, "greet", lambda name: f"{original(name)}!", "(name, *rest, loud=False)")
    assert made.greet("you") == "hello you!"


def test_a_replacement_can_be_replaced() -> None:
    made = module()
    first = replace(made, "greet", lambda name: f"{first(name)}!", "(name, *rest, loud=False)")
    second = replace(made, "greet", lambda name: f"{second(name)}?", "(name, *rest, loud=False)")
    assert made.greet("you") == "hello you!?"


def test_a_table_of_functions_is_an_owner_too() -> None:
    handlers = {"create": lambda name: name}
    replace(handlers, "create", lambda name: f"new {name}", "(name)")
    assert handlers["create"]("a") == "new a"


@pytest.mark.parametrize("name", ["greet", "gone"])
def test_a_changed_function_is_named(name: str) -> None:
    made = module()
    before = dict(made.__dict__)
    with pytest.raises(ChangedError) as caught:
        replace(made, name, lambda name, greeting: "", "(name, greeting)")
    assert f"ministack.made.{name} is " in str(caught.value)
    assert "expected (name, greeting)" in str(caught.value)
    assert f"install ministack=={VERSION}" in str(caught.value)
    assert made.__dict__ == before


def test_values_texts_and_tables_are_checked_too() -> None:
    made = module()
    replace_value(made, "port", "80", "str")
    replace_text(made, "script", "a\n", "c\n")
    add(made, "table", "rekognition", 2)
    check(made, {"greet": "(name, *rest, loud=False)", "port": "str"})
    assert (made.port, made.script, made.table) == ("80", "c\nb\n", {"s3": 1, "rekognition": 2})
    with pytest.raises(ChangedError, match=r"made.port is str, expected int"):
        replace_value(made, "port", 80, "int")
    with pytest.raises(ChangedError, match=r"made.script holds 'a' 0 times, expected once"):
        replace_text(made, "script", "a\n", "c\n")
    with pytest.raises(ChangedError, match=r"made.table has an entry s3 of its own, expected none"):
        add(made, "table", "s3", 2)
    with pytest.raises(ChangedError, match=r"made.greet is \(name, \*rest, loud=False\), expected \(name\)"):
        check(made, {"greet": "(name)"})


def test_the_installed_ministack_has_what_is_used() -> None:
    check_insides()


def test_the_pinned_version_is_the_expected_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"ministack=={VERSION}" in project["optional-dependencies"]["local"]


# Names that stand for ministack's modules in local/embedded.
OWNERS = {name.rpartition(".")[2]: name for name in USED} | {"ministack": "ministack.app", "module": ""}


def is_inside(target: ast.expr) -> bool:
    """Whether this is an attribute of ministack's, of a class of it, or an entry of one of its tables of functions."""
    if isinstance(target, ast.Subscript):
        return isinstance(target.value, ast.Attribute) and target.value.attr.isupper() and is_inside(target.value)
    if not isinstance(target, ast.Attribute):
        return False
    if isinstance(target.value, ast.Attribute) and is_inside(target.value):
        return True
    owner = target.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name.lstrip("_") in OWNERS


def replacements(tree: ast.AST) -> list[int]:
    """The lines that assign to ministack's insides."""
    found = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else targets
        flat = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
        found += [node.lineno for target in flat if is_inside(target)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "iam_evaluator.enforce = new",
        "s3._read_body, x = new, 1",
        "lambda_runtime.Worker.invoke = new",
        "self._ministack.SERVICE_HANDLERS['x'] = new",
        "sqs.PORT += '1'",
        "setattr(sqs, 'x', new)",
    ],
)
def test_a_replacement_elsewhere_is_found(line: str) -> None:
    assert replacements(ast.parse(line)) == [1]


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "replacing"], ids=lambda path: path.stem)
def test_nothing_is_replaced_elsewhere(path: Path) -> None:
    assert replacements(ast.parse(path.read_text())) == []


REPLACEMENT = re.compile(r'(?:replace(?:_text|_value)?|add)\(\s*[\w.]+,\s*"(\w+)"')
REPLACED = {name for path in MODULES for name in REPLACEMENT.findall(path.read_text())}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_everything_used_is_checked_at_the_start(path: Path) -> None:
    used = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module in USED:
            values = {alias.name: getattr(importlib.import_module(node.module), alias.name) for alias in node.names}
            used |= {(node.module, name) for name, value in values.items() if not isinstance(value, types.ModuleType)}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            name = (node.value.id if isinstance(node.value, ast.Name) else node.value.attr).lstrip("_")
            used |= {(OWNERS[name], node.attr)} if OWNERS.get(name) else set()
    assert [place for place in used if place[1] not in {*USED[place[0]], *REPLACED}] == []
