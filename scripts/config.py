"""``kinpics.toml``: what the owner decides about the site, and where on AWS the album is."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "kinpics.toml"


class ConfigError(Exception):
    """The file can't be used; the message names the field and what it should be."""


@dataclass(frozen=True)
class SiteConfig:
    """Settings of the rendered site, each with the value it has where the file leaves it out."""

    title: str = "Our photos"
    description: str = "Click a face to see every photo of that person."
    language: str = "en"
    # What a visitor agrees to before a search by picture.
    selfie_consent: str = (
        "Your picture is looked at on this device; the face you mean is cut out and sent once, to be compared with the "
        "faces of this album (by Amazon Rekognition). This album stores it nowhere."
    )
    # Similarity from which a face counts as the same person, 0 to 100.
    face_match_threshold: float = 90.0


@dataclass(frozen=True)
class AwsConfig:
    """Which stack the commands work on where neither an option nor the environment says so."""

    stack: str = "kinpics"
    region: str = ""


def load_config(path: Path | None = None) -> SiteConfig:
    """The site's settings, by default the checkout's. Raises ``ConfigError``."""
    path = path or CONFIG
    config = _section(path, "site", SiteConfig)
    if not 0 <= config.face_match_threshold <= 100:
        raise ConfigError(f"{path}: site.face_match_threshold must be from 0 to 100")
    return config


def load_aws_config(path: Path | None = None) -> AwsConfig:
    """Where the album is, as `kinpics deploy` has noted it. Raises ``ConfigError``."""
    return _section(path or CONFIG, "aws", AwsConfig)


def note_aws_config(config: AwsConfig, path: Path | None = None) -> None:
    """Note where the album is, leaving every other line of the file as it is."""
    path = path or CONFIG
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    section = ["[aws]", f'stack = "{config.stack}"', f'region = "{config.region}"']
    if "[aws]" in lines:
        start = lines.index("[aws]")
        rest = [line for line in lines[start + 1 :] if not line.startswith(("stack", "region"))]
        lines = [*lines[:start], *section, *rest]
    else:
        lines += ["", "# Where the album is on AWS: noted by `kinpics deploy`.", *section]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _section(path: Path, name: str, kind: type) -> Any:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return kind()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    for section in settings:
        if section not in ("site", "aws"):
            raise ConfigError(f"{path}: unknown section {section!r}; [site] and [aws] are known")
    types = {entry.name: entry.type for entry in fields(kind)}
    values = settings.get(name, {})
    for key, value in values.items():
        if key not in types:
            raise ConfigError(f"{path}: unknown setting {name}.{key}; known are {', '.join(types)}")
        expected = (int, float) if types[key] is float else str
        if isinstance(value, bool) or not isinstance(value, expected):
            raise ConfigError(f"{path}: {name}.{key} must be {'a number' if types[key] is float else 'a text'}")
    return kind(**values)
