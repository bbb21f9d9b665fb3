from pathlib import Path

import pytest

from scripts.config import ROOT, ConfigError, SiteConfig, load_config


def write(folder: Path, text: str) -> Path:
    path = folder / "kinpics.toml"
    path.write_text(text)
    return path


def test_the_file_in_the_checkout_is_valid_and_holds_the_defaults() -> None:
    assert load_config(ROOT / "kinpics.toml") == SiteConfig()


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == SiteConfig()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[site", "not valid TOML"),
        ("[sight]\ntitle = 'x'", "sight"),
        ("[site]\ntitel = 'x'", "titel"),
        ("[site]\ntitle = 5", "site.title must be a text"),
        ("[site]\nface_match_threshold = 'high'", "site.face_match_threshold must be a number"),
        ("[site]\nface_match_threshold = 101", "from 0 to 100"),
    ],
)
def test_mistakes_are_told_by_field(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load_config(write(tmp_path, text))
