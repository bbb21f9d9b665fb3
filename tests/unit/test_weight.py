"""How much a set's page may weigh, with gzip, before the visitor's first move (docs/benchmarks.md)."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.common.config import ROOT
from scripts.site.bundle import STYLE_SHEETS, Assets, bundle


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assets]:
    folder = tmp_path_factory.mktemp("dist")
    return folder, bundle(folder)


def weight(folder: Path, urls: Iterable[str]) -> int:
    return sum(len(gzip.compress((folder / url.removeprefix("/")).read_bytes())) for url in urls)


def imported(folder: Path, url: str) -> set[str]:
    """A script and all that it imports at once, and what they import."""
    script = (folder / url.removeprefix("/")).read_text()
    found = re.findall(r'\bimport(?:[^"();]*from)?"(/assets/[^"]+)"', script)
    return {url}.union(*(imported(folder, each) for each in found))


def test_the_scripts_a_page_starts_with_are_light(site: tuple[Path, Assets]) -> None:
    folder, assets = site
    first = imported(folder, assets["main.js"])
    assert len(first) > 1
    assert weight(folder, first) <= 18_000


def test_style_sheets_are_light(site: tuple[Path, Assets]) -> None:
    folder, assets = site
    assert weight(folder, [assets["style.css"]]) <= 12_000
    assert weight(folder, [assets["album.css"]]) <= 7_000, "an album's photos wait for it"


def test_an_albums_style_sheet_is_part_of_the_whole_one_in_its_order() -> None:
    whole, album = (re.findall('"(.+)"', (ROOT / "site" / "css" / name).read_text()) for name in STYLE_SHEETS)
    assert album == [sheet for sheet in whole if sheet in album]
