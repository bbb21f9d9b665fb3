"""Imports go one way, and every module has a name of its own."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Lowest first: a module imports only from its own layer and from lower ones. A module belongs to the layer with the
# longest name that its own begins with; `scripts` are the rooms.
LAYERS = (
    "functions",
    "local",
    "scripts.common",
    "scripts.site",
    "build",
    "scripts",
    "scripts.commands",
    "scripts.cli",
    "scripts.__main__",
)
FILES = sorted(
    path
    for top in ("functions", "local", "scripts", "build.py")
    for path in ((ROOT / top).rglob("*.py") if (ROOT / top).is_dir() else [ROOT / top])
)
# Many folders have them, each its own.
SHARED_NAMES = {"__init__", "__main__", "handler"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def imported(tree: ast.AST) -> Iterator[str]:
    """Our modules that a module imports anywhere: in functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "ours are imported by their whole names"
            # `from scripts.costs import limits` may name a module or what is in one.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in names]
        else:
            continue
        yield from (name for name in names if name in MODULES)


def layer_of(module: str) -> int:
    layers = [layer for layer in LAYERS if f"{module}.".startswith(f"{layer}.")]
    return LAYERS.index(max(layers, key=len))


def room_of(module: str) -> str:
    """The folder of `scripts/` that a module is in."""
    return module.split(".")[1]


ARROWS = sorted({(module, name) for module, tree in MODULES.items() for name in imported(tree)})


def test_imports_go_down() -> None:
    assert [(low, high) for low, high in ARROWS if layer_of(low) < layer_of(high)] == []


def test_the_face_service_knows_nothing_of_kinpics() -> None:
    service = "local.rekognition"
    known = [(low, high) for low, high in ARROWS if low.startswith(service) and not high.startswith(service)]
    assert known == []


def test_rooms_of_scripts_import_each_other_in_no_circle() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    for module, name in ARROWS:
        if module.startswith("scripts.") and name.startswith("scripts."):
            rooms[room_of(module)] |= {room_of(name)} - {room_of(module)}
    TopologicalSorter(rooms).prepare()  # raises CycleError, which names the circle


def test_no_two_modules_have_one_name() -> None:
    places = defaultdict(list)
    for path in FILES:
        if path.stem not in SHARED_NAMES:
            places[path.stem].append(module_of(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_our_modules_keep_their_names_where_they_are_imported() -> None:
    renamed = [
        (module, alias.name, alias.asname)
        for module, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname and set(imported(node))
    ]
    assert renamed == []
