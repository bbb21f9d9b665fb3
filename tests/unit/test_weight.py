"""What a set's page may weigh, with gzip, before anybody moves on it (docs/benchmarks.md)."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.site.bundle import Assets, bundle


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assets]:
    folder = tmp_path_factory.mktemp("dist")
    return folder, bundle(folder)


def weight(folder: Path, urls: Iterable[str]) -> int:
    return sum(len(gzip.compress((folder / url.removeprefix("/")).read_bytes())) for url in urls)


def test_the_scripts_a_page_starts_with_are_light(site: tuple[Path, Assets]) -> None:
    folder, assets = site
    assert weight(folder, [assets["main.js"], *assets.imports["main.js"]]) <= 18_000


def test_the_style_sheet_is_light(site: tuple[Path, Assets]) -> None:
    folder, assets = site
    assert weight(folder, [assets["style.css"]]) <= 12_000
