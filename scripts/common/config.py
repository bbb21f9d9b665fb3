"""``kinpics.toml``: what the owner decides about the site and its look, and where on AWS it is."""

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from functions.access.audiences import AUDIENCES, PUBLIC, Access
from functions.errors import KinpicsError
from functions.keys import LARGE, NONE, STRIPPED, WHOLE, BadNameError, parse_image_path
from functions.languages import AUTO, ENGLISH, LANGUAGES
from functions.thresholds import DEFAULT_SITE_THRESHOLD
from local.state_folder import STACK_NAME

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "kinpics.toml"
_DOWNLOADS = ("original", LARGE, NONE)
THEMES = ("gallery", "journal", "cinema")
_DENSITIES = ("compact", "normal", "airy")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# As browsers write it: https, or this machine; a port, but no path.
_ORIGIN = re.compile(r"(https://[a-z0-9-]+(\.[a-z0-9-]+)+|http://localhost)(:[0-9]{1,5})?")
# How the setting is written, and how the file that comes with kinpics shows where it goes.
_AUDIENCE = re.compile(r"audience\s*=")
_NO_AUDIENCE = "# audience = "
_TEXTS = tuple[str, ...]
_KINDS = {str: "text", float: "a number", bool: "true or false", _TEXTS: "a list of texts"}
# What to do where the deployed stack has other settings.
HOW_TO_DEPLOY = "run `kinpics deploy`, or on a laptop start `kinpics local` again; then run `kinpics reconcile`"
# Nobody, as browsers are told.
_NOWHERE = "'none'"


class ConfigError(KinpicsError):
    """The file can't be used; the message names the field and what it should be."""


@dataclass(frozen=True)
class SiteConfig:
    """Settings of the rendered site, each with its default."""

    # If one of these is empty, pages have kinpics's own wording, in the visitor's language.
    title: str = ""
    description: str = ""
    # Who may see the site: "public", "link" or "members". Empty if nobody has said it yet.
    audience: str = ""
    # What a visitor agrees to before searching with a picture.
    selfie_consent: str = ""
    # The pages' language, or "auto" for the visitor's own.
    language: str = AUTO
    # Similarity from which a face counts as the same person, 0 to 100.
    face_match_threshold: float = DEFAULT_SITE_THRESHOLD
    # What visitors may download: "original" (in its full size), "large" (the large rendition) or "none".
    downloads: str = "original"
    # Whether downloaded originals keep their location, serial numbers and names.
    keep_private_metadata: bool = False
    # Whether Rekognition says what photos show besides people.
    labels: bool = False
    # Whether the site takes films; a laptop's always does.
    films: bool = False
    # Whether AWS's MediaConvert converts films that are too long or too large for the site's own function.
    mediaconvert: bool = False
    # Whether browsers keep the last albums a visitor looked at, so that they open without a connection.
    offline: bool = True
    # Whether search engines may show the site; never the pages of single people.
    search_engines: bool = False
    # Whether shared links to the site show a picture and a title.
    link_previews: bool = True
    # The websites that may show an album in a frame, like https://club.example.
    embed_on: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters that these settings decide."""
        rule = self.downloads
        if rule == "original":
            rule = WHOLE if self.keep_private_metadata else STRIPPED
        told = self.for_audience(self.audience or PUBLIC)
        return {
            "Audience": self.audience or PUBLIC,
            "Downloads": rule,
            "EmbedOn": " ".join(told.embed_on) or _NOWHERE,
            "Films": "yes" if self.films else "no",
            "Labels": "yes" if self.labels else "no",
            "Language": self.language,
            "MediaConvert": "yes" if self.mediaconvert else "no",
            "SearchEngines": "yes" if told.search_engines else "no",
        }

    def parameters_for(self, access: Access) -> dict[str, str]:
        """The same where sets have audiences of their own: browsers keep pictures by the narrowest."""
        return {**self.parameters, "Audience": replace(access, album=self.audience or access.album).narrowest}

    def for_audience(self, audience: str) -> "SiteConfig":
        """These settings for what is seen by an audience: other websites and search engines are told of nothing that
        isn't public."""
        if audience == PUBLIC:
            return self
        return replace(self, link_previews=False, search_engines=False, embed_on=())

    @property
    def page_languages(self) -> dict[str, str]:
        """The languages that pages are in, and the languages in their files' names.

        A language that is the only one has the names of English, under which pages are looked up.
        """
        return {language: language for language in LANGUAGES} if self.language == AUTO else {self.language: ENGLISH}


@dataclass(frozen=True)
class ThemeConfig:
    """The look of the site. Paths of files start from the folder of ``kinpics.toml``."""

    name: str = "gallery"
    # The one strong colour, as #rrggbb; empty for the theme's own.
    accent: str = ""
    # The photo on the front page, as SET/FILE; empty for the best recent one.
    cover: str = ""
    # A picture that replaces the mark and the title at the top of each page.
    logo: str = ""
    # A font for titles, as WOFF2.
    display_face: str = ""
    # How large the photos of a set are shown, and how far apart: "compact", "normal" or "airy".
    density: str = "normal"


@dataclass(frozen=True)
class AwsConfig:
    """The stack that commands work on if neither an option nor the environment names one."""

    stack: str = STACK_NAME
    region: str = ""


_Section = TypeVar("_Section", SiteConfig, ThemeConfig, AwsConfig)


def load_config(path: Path | None = None) -> SiteConfig:
    """The site's settings, by default the checkout's. Raises ``ConfigError``."""
    path = path or CONFIG
    config = _section(path, "site", SiteConfig)
    if not 0 <= config.face_match_threshold <= 100:
        raise ConfigError(f"{path}: site.face_match_threshold must be from 0 to 100")
    if config.downloads not in _DOWNLOADS:
        raise ConfigError(f"{path}: site.downloads must be one of {', '.join(_DOWNLOADS)}")
    if config.language not in (AUTO, *LANGUAGES):
        raise ConfigError(f"{path}: site.language must be one of {', '.join((AUTO, *LANGUAGES))}")
    if config.audience not in ("", *AUDIENCES):
        raise ConfigError(f"{path}: site.audience must be one of {', '.join(AUDIENCES)}")
    for origin in config.embed_on:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"{path}: site.embed_on has {origin!r}, which should be like https://club.example: lower case, no path"
            )
    return config


def load_theme_config(path: Path | None = None) -> ThemeConfig:
    """The site's look, by default the checkout's. Raises ``ConfigError``."""
    path = path or CONFIG
    config = _section(path, "theme", ThemeConfig)
    if config.name not in THEMES:
        raise ConfigError(f"{path}: theme.name must be one of {', '.join(THEMES)}")
    if config.density not in _DENSITIES:
        raise ConfigError(f"{path}: theme.density must be one of {', '.join(_DENSITIES)}")
    if config.accent and not _COLOUR.fullmatch(config.accent):
        raise ConfigError(f"{path}: theme.accent must be a colour like #ffc61a")
    if config.cover and not _is_photo(config.cover):
        raise ConfigError(f"{path}: theme.cover must be a set and one of its photos, like 2024_newport/IMG_0012.jpg")
    return config


def describe_unheeded(config: SiteConfig, audience: str) -> str:
    """Say which of these settings a site doesn't heed because it isn't public; empty if it heeds all."""
    wanted = {
        "link_previews": config.link_previews,
        "search_engines": config.search_engines,
        "embed_on": bool(config.embed_on),
    }
    unheeded = [name for name, is_wanted in wanted.items() if is_wanted and audience != PUBLIC]
    if not unheeded:
        return ""
    are = "has" if len(unheeded) == 1 else "have"
    return f"the site isn't public, so {' and '.join(unheeded)} in kinpics.toml {are} no effect"


def describe_undeployed(config: SiteConfig, deployed: dict[str, str], access: Access | None = None) -> str:
    """Say which of the deployed stack's parameters differ from these settings; empty if none do.

    ``access`` says who may see sets; a laptop goes by that without being deployed again, and always takes
    films, so there it is None.
    """
    wanted = config.parameters_for(access) if access else config.parameters
    wrong = [
        f"{name} is {deployed.get(name, 'missing')}, but {_asks(name, value, config)} {value}"
        for name, value in wanted.items()
        if deployed.get(name) != value and (access or name not in ("Audience", "Films", "MediaConvert"))
    ]
    return f"the deployed stack has different settings: {', '.join(wrong)}" if wrong else ""


def _asks(name: str, value: str, config: SiteConfig) -> str:
    return "kinpics.toml asks for" if config.parameters[name] == value else "a set needs"


def load_aws_config(path: Path | None = None) -> AwsConfig:
    """Where the site is, as `kinpics deploy` wrote it down. Raises ``ConfigError``."""
    return _section(path or CONFIG, "aws", AwsConfig)


def note_aws_config(config: AwsConfig, path: Path | None = None) -> None:
    """Write down where the site is, and leave every other line of the file as it is."""
    path = path or CONFIG
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    section = ["[aws]", f'stack = "{config.stack}"', f'region = "{config.region}"']
    if "[aws]" in lines:
        start = lines.index("[aws]")
        rest = [line for line in lines[start + 1 :] if not line.startswith(("stack", "region"))]
        lines = [*lines[:start], *section, *rest]
    else:
        lines += ["", "# Where the site is on AWS: written by `kinpics deploy`.", *section]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def note_audience(audience: str, path: Path | None = None) -> None:
    """Write down who may see the site, and leave every other line of the file as it is. Raises ``ConfigError``."""
    path = path or CONFIG
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if "[site]" not in lines:
        lines = ["[site]", *lines] if not lines else [*lines, "", "[site]"]
    start = lines.index("[site]") + 1
    end = next((number for number in range(start, len(lines)) if lines[number].startswith("[")), len(lines))
    setting = f'audience = "{audience}"'
    there = next((number for number in range(start, end) if _AUDIENCE.match(lines[number])), None)
    if there is None:
        # Below the comment that says what it is for, if that is there.
        there = next((number for number in range(start, end) if lines[number].startswith(_NO_AUDIENCE)), start)
        lines.insert(there, setting)
        if lines[there + 1 : there + 2] and lines[there + 1].startswith(_NO_AUDIENCE):
            del lines[there + 1]
    else:
        lines[there] = setting
    text = "\n".join(lines) + "\n"
    if tomllib.loads(text).get("site", {}).get("audience") != audience:
        raise ConfigError(f"{path}: write {setting} into its section [site] yourself")
    path.write_text(text, encoding="utf-8")


def _section(path: Path, name: str, kind: type[_Section]) -> _Section:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return kind()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    for section, content in settings.items():
        if section not in ("site", "theme", "aws"):
            raise ConfigError(f"{path}: unknown section {section!r}: use [site], [theme] or [aws]")
        if not isinstance(content, dict):
            raise ConfigError(f"{path}: {section} must be a section: write [{section}] above its settings")
    types = get_type_hints(kind)
    values = settings.get(name, {})
    for key, value in values.items():
        if key not in types:
            raise ConfigError(f"{path}: unknown setting {name}.{key}: use one of {', '.join(types)}")
        if not _is_of(types[key], value):
            raise ConfigError(f"{path}: {name}.{key} must be {_KINDS[types[key]]}")
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return kind(**fields)


def _is_photo(text: str) -> bool:
    """Whether a text is like SET/FILE."""
    try:
        parse_image_path(text)
    except BadNameError:
        return False
    return True


def _is_of(kind: Any, value: object) -> bool:
    """Whether a value of the file is of a field's type."""
    if kind == _TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, (int, float) if kind is float else kind) and isinstance(value, bool) == (kind is bool)
