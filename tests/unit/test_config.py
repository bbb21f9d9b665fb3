from pathlib import Path

import pytest

from scripts.config import ROOT, AwsConfig, ConfigError, SiteConfig, load_aws_config, load_config, note_aws_config


def write(folder: Path, text: str) -> Path:
    path = folder / "kinpics.toml"
    path.write_text(text)
    return path


def test_the_file_in_the_checkout_is_valid_and_holds_the_defaults() -> None:
    assert load_config(ROOT / "kinpics.toml") == SiteConfig()


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == SiteConfig()


def test_where_the_album_is_is_noted_beside_what_the_owner_wrote(tmp_path: Path) -> None:
    path = write(tmp_path, "# mine\n[site]\ntitle = 'x'  # a remark\n")
    assert load_aws_config(path) == AwsConfig("kinpics", "")
    for config in (AwsConfig("album", "eu-west-1"), AwsConfig("album", "us-east-1")):
        note_aws_config(config, path)
        assert load_aws_config(path) == config
        assert load_config(path).title == "x"
    assert path.read_text().startswith("# mine\n[site]\ntitle = 'x'  # a remark\n")
    assert path.read_text().count("[aws]") == 1


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
