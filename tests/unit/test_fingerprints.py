"""What makes pages is in their fingerprint, and what can't be relied on has none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.photo_rows import PhotoSet
from scripts.common.config import SiteConfig, ThemeConfig
from scripts.site.fingerprints import fingerprint_of_set, fingerprint_of_site

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROW = PhotoSet(sortkey="set", pic="a.jpg", pic_count=2, face_count=3, updated_at="2026-10-01T10:00:00.123Z")


def test_a_change_of_settings_theme_or_facts_changes_the_sites_fingerprint(tmp_path: Path) -> None:
    config, look = SiteConfig(title="Ours"), ThemeConfig(logo="logo.svg")
    (tmp_path / "theme" / "templates").mkdir(parents=True)
    (tmp_path / "logo.svg").write_text("<svg/>")

    def made(config: SiteConfig = config, look: ThemeConfig = look, people: int = 1) -> str:
        return fingerprint_of_site(config, look, tmp_path, {"galleryPeople": people})

    found = [made()]
    assert made() == found[0]
    found += [made(replace(config, downloads="none")), made(look=replace(look, density="airy")), made(people=2)]
    (tmp_path / "logo.svg").write_text("<svg />")
    found.append(made())
    for name in ("tokens.css", "templates/photo.html"):
        (tmp_path / "theme" / name).write_text("new")
        found.append(made())
    (tmp_path / "theme" / "tokens.css").rename(tmp_path / "theme" / "unused.css")
    found.append(made())
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "change",
    [
        {"updated_at": "2026-10-01T10:00:00.124Z"},
        {"pic_count": 1},
        {"face_count": 2},
        {"title": "A title"},
        {"description": "Words"},
        {"pic": "b.jpg"},
        {"pic_chosen": True},
        {"source": {"another": "program"}},
    ],
)
def test_any_change_of_a_row_changes_its_fingerprint(change: dict[str, object]) -> None:
    assert fingerprint_of_set(ROW, NOW)
    assert fingerprint_of_set(replace(ROW, **change), NOW) != fingerprint_of_set(ROW, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"updated_at": None},
        {"updated_at": "long ago"},
        {"updated_at": "2026-10-01T10:00:00"},
        {"updated_at": (NOW - timedelta(minutes=9)).isoformat()},
        {"pic_count": None},
    ],
)
def test_a_row_that_cant_be_relied_on_has_no_fingerprint(change: dict[str, object]) -> None:
    assert fingerprint_of_set(replace(ROW, **change), NOW) is None
