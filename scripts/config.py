"""``kinpics.toml``: what the owner decides about the site."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class ConfigError(Exception):
    """The file can't be used; the message names the field and what it should be."""


@dataclass(frozen=True)
class SiteConfig:
    """Settings of the rendered site, each with the value it has where the file leaves it out."""

    title: str = "Our photos"
    description: str = "Click a face to see every photo of that person."
    language: str = "en"
    # Similarity from which a face counts as the same person, 0 to 100.
    face_match_threshold: float = 90.0


def load_config(path: Path | None = None) -> SiteConfig:
    """Read a settings file, by default the checkout's. Raises ``ConfigError``."""
    path = path or ROOT / "kinpics.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return SiteConfig()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    site = settings.pop("site", {})
    if settings:
        raise ConfigError(f"{path}: unknown section {next(iter(settings))!r}; [site] is known")
    types = {entry.name: entry.type for entry in fields(SiteConfig)}
    for name, value in site.items():
        if name not in types:
            raise ConfigError(f"{path}: unknown setting site.{name}; known are {', '.join(types)}")
        expected = (int, float) if types[name] is float else str
        if isinstance(value, bool) or not isinstance(value, expected):
            raise ConfigError(f"{path}: site.{name} must be {'a number' if types[name] is float else 'a text'}")
    config = SiteConfig(**site)
    if not 0 <= config.face_match_threshold <= 100:
        raise ConfigError(f"{path}: site.face_match_threshold must be from 0 to 100")
    return config
