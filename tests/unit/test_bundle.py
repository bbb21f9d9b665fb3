"""A bundle is made again only when something that it is made from has changed."""

from pathlib import Path

import pytest

from scripts.common.config import ROOT
from scripts.site import bundle as bundling
from scripts.site.bundle import BuildError, bundle


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundling, "_KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "assets").iterdir()}


def test_a_kept_bundle_is_the_one_that_esbuild_makes(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bundle(tmp_path / "first", "a { color: red }")
    assert [path.is_dir() for path in kept.iterdir()] == [True]

    def refuse(arguments: list[str]) -> None:
        raise BuildError("esbuild is not needed")

    monkeypatch.setattr(bundling, "run_esbuild", refuse)
    assert bundle(tmp_path / "second", "a { color: red }") == made
    assert files(tmp_path / "second") == files(tmp_path / "first")
    assert len(files(tmp_path / "first")) > 10
    sheet = tmp_path / "sheet.css"
    sheet.touch()
    for rules, sheets in (("a { color: blue }", []), ("a { color: red }", [sheet])):
        with pytest.raises(BuildError):
            bundle(tmp_path / "third", rules, sheets)


@pytest.mark.parametrize("name", ["js/main.js", "css/tokens.css", "pages.json", "fonts"])
def test_whatever_is_bundled_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    whole, changed = bundling._digest(""), ROOT / "site" / name
    changed = next(changed.iterdir()) if changed.is_dir() else changed
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"changed" if self == changed else read(self))
    assert bundling._digest("") != whole


def test_old_bundles_go(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "_bundle_all", lambda folder, *_: (folder / "assets").mkdir(parents=True) or {})
    for number in range(bundling._MOST_KEPT + 3):
        bundle(tmp_path / str(number), f"/* {number} */")
    assert len(list(kept.iterdir())) == bundling._MOST_KEPT


def test_a_checkout_that_cannot_be_written_to_bundles_each_time(kept: Path, tmp_path: Path) -> None:
    kept.write_text("no folder")
    assert bundle(tmp_path / "dist").urls
