import re
from dataclasses import replace
from pathlib import Path

import pytest

from functions.access.audiences import LINK, MEMBERS, PUBLIC, Access
from scripts.common.config import (
    ROOT,
    AwsConfig,
    ConfigError,
    SiteConfig,
    describe_undeployed,
    describe_unheeded,
    load_aws_config,
    load_config,
    note_audience,
    note_aws_config,
)
from scripts.common.template import load_template


def write(folder: Path, text: str) -> Path:
    path = folder / "kinpics.toml"
    path.write_text(text)
    return path


def test_the_checkouts_file_is_valid_and_has_the_defaults() -> None:
    assert load_config(ROOT / "kinpics.toml") == SiteConfig()


def test_without_a_file_the_defaults_count(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == SiteConfig()


def test_noting_where_the_site_is_keeps_the_owners_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "# mine\n[site]\ntitle = 'x'  # a remark\n")
    assert load_aws_config(path) == AwsConfig("kinpics", "")
    for config in (AwsConfig("album", "eu-west-1"), AwsConfig("album", "us-east-1")):
        note_aws_config(config, path)
        assert load_aws_config(path) == config
        assert load_config(path).title == "x"
    assert path.read_text().startswith("# mine\n[site]\ntitle = 'x'  # a remark\n")
    assert path.read_text().count("[aws]") == 1


TOLD = 'search_engines = true\nembed_on = ["https://club.example"]'


@pytest.mark.parametrize("audience", ["link", "members"])
def test_nobody_else_is_told_of_a_site_that_is_not_public(tmp_path: Path, audience: str) -> None:
    config = load_config(write(tmp_path, f'[site]\naudience = "{audience}"\n{TOLD}'))
    assert (config.parameters["SearchEngines"], config.parameters["EmbedOn"]) == ("no", "'none'")
    told = config.for_audience(audience)
    assert (told.link_previews, told.search_engines, told.embed_on) == (False, False, ())
    warning = "the site isn't public, so link_previews and search_engines and embed_on in kinpics.toml have no effect"
    assert describe_unheeded(config, audience) == warning
    assert describe_unheeded(config, "public") == ""
    assert describe_unheeded(told, audience) == ""


def test_a_public_site_tells_whom_the_owner_wants(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f'[site]\naudience = "public"\n{TOLD}'))
    assert (config.parameters["SearchEngines"], config.parameters["EmbedOn"]) == ("yes", "https://club.example")
    assert config.for_audience("public") == config


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[theme]\nname = 'cinema'\n",
        "# mine\n[site]\ntitle = 'x'  # a remark\n\n[theme]\nname = 'cinema'\n",
        "[site]\n# Who may see it.\n# audience = \"public\"\ntitle = 'x'\n",
        "[site]\ntitle = 'x'\naudience = 'members' # us\n[aws]\nstack = 'album'\n",
    ],
)
def test_noting_who_may_see_the_site_keeps_the_owners_lines(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    for audience in ("link", "members"):
        note_audience(audience, path)
        assert load_config(path).audience == audience
    kept = [line for line in text.splitlines() if "audience" not in line]
    assert [line for line in path.read_text().splitlines() if line in kept] == kept
    assert path.read_text().count("audience") == 1


def test_who_may_see_the_site_is_not_written_where_it_does_not_count(tmp_path: Path) -> None:
    text = '[site]\ndescription = """\naudience = "public"\n"""\n'
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match="yourself"):
        note_audience("members", path)
    assert path.read_text() == text


@pytest.mark.parametrize(("settings", "value"), [("", "no"), ("search_engines = true", "yes")])
def test_search_engines_are_kept_out_unless_the_file_says_so(tmp_path: Path, settings: str, value: str) -> None:
    assert load_config(write(tmp_path, f"[site]\n{settings}")).parameters["SearchEngines"] == value


def test_albums_are_framed_only_where_the_file_says_so(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "[site]")).parameters["EmbedOn"] == "'none'"
    config = load_config(write(tmp_path, "[site]\nembed_on = ['https://club.example', 'http://localhost:9000']"))
    assert config.parameters["EmbedOn"] == "https://club.example http://localhost:9000"
    pattern = load_template()["Parameters"]["EmbedOn"]["AllowedPattern"]
    assert all(re.fullmatch(pattern, value) for value in ("'none'", config.parameters["EmbedOn"]))


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "'self'",
        "https://",
        "https://*",
        "https://*.example",
        "club.example",
        "http://club.example",
        "https://club.example/",
        "https://club.example/page",
        "https://club.example?x",
        "https://Club.example",
        "https://user@club.example",
        "https://club.example:port",
        "https://club.example https://other.example",
        "https://club.example;script-src *",
        "https://club.example\\n",
        "http://localhost.example",
        "",
    ],
)
def test_a_place_to_embed_on_is_an_origin(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ConfigError, match=r"site\.embed_on"):
        load_config(write(tmp_path, f'[site]\nembed_on = ["https://a.example", "{origin}"]'))


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ("", "stripped"),
        ("keep_private_metadata = true", "whole"),
        ("downloads = 'large'\nkeep_private_metadata = true", "large"),
        ("downloads = 'none'", "none"),
    ],
)
def test_positions_stay_private_unless_the_file_says_so(tmp_path: Path, settings: str, rule: str) -> None:
    config = load_config(write(tmp_path, f"[site]\n{settings}"))
    assert config.parameters["Downloads"] == rule
    assert describe_undeployed(config, config.parameters) == ""
    assert f"asks for {rule}" in describe_undeployed(config, {**config.parameters, "Downloads": "older"})
    assert "missing" in describe_undeployed(config, {}), "a stack of an earlier release"


def test_browsers_keep_pictures_by_the_narrowest_audience(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "[site]\naudience = 'public'"))
    access = Access(PUBLIC, {"gala": LINK, "trip": PUBLIC})
    assert config.parameters["Audience"] == config.parameters_for(Access())["Audience"] == PUBLIC
    assert config.parameters_for(access) == {**config.parameters, "Audience": LINK}
    told = describe_undeployed(config, config.parameters, access)
    assert "Audience is public, but a set needs link" in told
    assert describe_undeployed(config, config.parameters_for(access), access) == ""
    assert describe_undeployed(config, config.parameters_for(access)) == "", "a laptop goes by its table"
    members = replace(config, audience=MEMBERS)
    assert "kinpics.toml asks for members" in describe_undeployed(members, config.parameters, access)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[site", "not valid TOML"),
        ("[sight]\ntitle = 'x'", "sight"),
        ("site = 3", "site must be a section"),
        ("[site]\ntitel = 'x'", "titel"),
        ("[site]\ntitle = 5", "site.title must be text"),
        ("[site]\nface_match_threshold = 'high'", "site.face_match_threshold must be a number"),
        ("[site]\nface_match_threshold = 101", "from 0 to 100"),
        ("[site]\ndownloads = 'all'", "site.downloads must be one of original, large, none"),
        ("[site]\naudience = 'friends'", "site.audience must be one of public, link, members"),
        ("[site]\nkeep_private_metadata = 'no'", "site.keep_private_metadata must be true or false"),
        ("[site]\ntitle = true", "site.title must be text"),
        ("[site]\nembed_on = 'https://a.example'", "site.embed_on must be a list of texts"),
        ("[site]\nembed_on = [5]", "site.embed_on must be a list of texts"),
        ("[site]\nface_match_threshold = true", "site.face_match_threshold must be a number"),
    ],
)
def test_mistakes_are_reported_by_field(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load_config(write(tmp_path, text))
