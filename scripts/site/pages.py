"""The pages that ``site/pages.json`` lists, and writing them from their templates."""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import jinja2
import jinja2.sandbox

from functions.access.audiences import MEMBERS
from functions.addresses import address
from functions.languages import ENGLISH, in_language
from functions.photo_texts import shorten
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH
from functions.visitor_rows import MAX_REQUEST_MESSAGE
from scripts.common.config import ROOT, SiteConfig
from scripts.site.browser_config import origins
from scripts.site.bundle import Assets, BuildError
from scripts.site.catalogue_files import write_script_texts
from scripts.site.galleries_shown import GalleryShown
from scripts.site.heads import head
from scripts.site.people_shown import InSet, People, PersonPage
from scripts.site.renditions import film_length, large_size, large_url, thumbnail_url, tile_sources
from scripts.site.search_engines import describe_gallery
from scripts.site.sections import first_sections, first_years, headings, section_pages
from scripts.site.shown import ShownSet, describe
from scripts.site.theme import Theme
from scripts.site.translations import Translator

# A date whose day number appears in no other part of it.
_SAMPLE_YEAR, _SAMPLE_DAY = 2222, 17


@dataclass(frozen=True)
class Page:
    """One of the pages that ``site/pages.json`` lists; its template is ``site/templates/pages/<name>.html``."""

    name: str
    # Path on the site; `{set}` stands for the name of a set, `{person}` for a person's part of an address.
    path: str
    # In `site/js/pages/`, without its suffix; a page without one needs no script.
    script: str | None
    # Whether it asks search engines not to show it.
    noindex: bool
    # Whether only the laptop's site has the page.
    laptop_only: bool = False

    @property
    def is_open(self) -> bool:
        """Whether strangers may fetch it, even if the site isn't public."""
        return self.name in _OPEN

    @property
    def is_of_set(self) -> bool:
        """Whether each set has a page of this kind."""
        return "{set}" in self.path

    @property
    def is_of_person(self) -> bool:
        """Whether each person has a page of this kind."""
        return "{person}" in self.path

    def file(self, name: str = "") -> str:
        """The page's file in the rendered site; ``name`` is the set's, or the person's part of an address."""
        path = self.path.removeprefix("/").replace("{set}", name).replace("{person}", name)
        return path if path.endswith(".html") else path + "index.html"


# The pages that edge/gate.js lets everybody have.
_OPEN = ("account", "enter", "event", "offline", "unknown", "upload", "waiting")
# Those of the whole site that show what is in its sets.
_OF_SETS = ("index", "people", "search")
# Those that say something else, or ask the door, where a set isn't for everybody.
_OF_PRIVATE_SETS = ("account", "unknown")
# What a page says of the site if strangers may fetch it and the site isn't public: nothing of photos, faces or people.
_SHELL = {"has_photos": True, "galleries": [], "people": People()}
# The page of all of a set's photos, for visitors without JavaScript; it comes in parts.
_ALL = "all"
# Not in `site/pages.json`, because scripts don't need them. The second is for websites that may embed albums.
_PHOTO_PAGE = Page("photo", "", None, noindex=False)
_EMBED_PAGE = Page("embed", "/sets/{set}/embed/", None, noindex=True)


def list_pages() -> dict[str, Page]:
    """The pages of the site by their names."""
    listed = json.loads((ROOT / "site" / "pages.json").read_text(encoding="utf-8"))
    return {name: Page(name, **page) for name, page in listed.items()}


class SitePages:
    """Writes pages from templates, each in every language of the site. Raises ``CatalogueError``."""

    def __init__(
        self,
        folder: Path,
        config: SiteConfig,
        theme: Theme,
        assets: Assets,
        browser_config: dict[str, Any],
        *,
        site_url: str | None,
        has_photos: bool,
        galleries: list[GalleryShown],
        people: People,
        is_public: bool = True,
    ):
        self._is_public = is_public
        self._folder = folder
        self._on_laptop = bool(browser_config["endpoint"])
        self._embeds = bool(config.embed_on)
        self._folders = [str(path) for path in theme.template_folders]
        self._row_scale = theme.row_scale
        self._pages = list_pages()
        sheets = {f"{name}Css": assets[f"{name}.css"] for name in ("lightbox", "share", "owner")}
        known = browser_config | sheets
        shared = {
            "site_url": site_url,
            "assets": assets,
            "icons": json.loads((ROOT / "site" / "icons.json").read_text(encoding="utf-8")),
            # Not its folders: a path would let a template read any file.
            "theme": {"name": theme.name, "font": theme.font, "palette": theme.palette, "logo": theme.logo},
            "has_photos": has_photos,
            "galleries": galleries,
            "people": people,
            "head_of": head,
            "pages": self._pages,
            "origins": origins(browser_config),
            "max_message": MAX_REQUEST_MESSAGE,
            "thumbnail_url": thumbnail_url,
            "large_url": large_url,
            "tile_sources": tile_sources,
            "large_size": large_size,
            "card_width": CARD_WIDTH,
            "card_height": CARD_HEIGHT,
        }
        # By the language in the file's name: templates, and the settings for sets that aren't everywhere.
        self._templates: dict[str, jinja2.Environment] = {}
        self._narrower: dict[str, SiteConfig] = {}
        for language, suffix in config.page_languages.items():
            translator = Translator(language)
            texts, for_owner, for_contributors, for_members = (
                write_script_texts(folder, translator, reader)
                for reader in ("visitors", "owner", "contributors", "members")
            )
            of_language = {
                "site": translator.with_default_texts(config, on_laptop=self._on_laptop),
                "language": language,
                "other_languages": [other for other in config.page_languages if other != language],
                "texts": texts,
                "describe": functools.partial(describe, translator=translator),
                "describe_gallery": functools.partial(describe_gallery, site_url or "", translator=translator),
                "day_taken": _day_taken(translator),
                "browser_config": {
                    **known,
                    "texts": texts,
                    "ownerTexts": for_owner,
                    "contributorTexts": for_contributors,
                    "memberTexts": for_members,
                },
            }
            self._narrower[suffix] = translator.with_default_texts(
                config.for_audience(MEMBERS), on_laptop=self._on_laptop
            )
            self._templates[suffix] = make_environment(theme.template_folders, translator, {**shared, **of_language})

    def write_of_site(self, **context: Any) -> None:
        """Write the pages that exist once for the site."""
        for page in self._pages.values():
            if not page.is_of_set and not page.is_of_person and (self._on_laptop or not page.laptop_only):
                self._write(page, "", context)

    def render_without_sets(self, **context: Any) -> dict[str, str]:
        """Of the pages that exist once for the site, those that show what sets hold, by their files.

        They, and those that have to, say that there are sets which aren't for everybody.
        """
        context |= {"people": People(), "has_private": True}
        pages = (page for name, page in self._pages.items() if name in (*_OF_SETS, *_OF_PRIVATE_SETS))
        return {file: text for page in pages for file, text in self._rendered(page, "", context)}

    def write_of_person(self, shown: PersonPage) -> None:
        """Write a person's page."""
        context = {"shown": shown, "years": first_years(shown.photos, self._row_scale)}
        for page in self._pages.values():
            if page.is_of_person:
                self._write(page, shown.person.slug, context)

    def files_of_person(self, slug: str) -> set[str]:
        """The files of a person's page."""
        files = (page.file(slug) for page in self._pages.values() if page.is_of_person)
        return {in_language(file, language) for file in files for language in self._templates}

    def write_of_set(
        self, shown: ShownSet, *, card: str | None, in_set: list[InSet], is_everywhere: bool = True
    ) -> None:
        """Write the pages of a set; ``card`` is the path of its card, ``in_set`` who is on its photos.

        The pages of a set that isn't everywhere tell other websites and search engines nothing.
        """
        context = {"shown": shown, "set_name": shown.name, "title": shown.title, "card": card, "in_set": in_set}
        tiles, scale = shown.tiles, self._row_scale
        parts = section_pages(tiles, scale)
        context |= {"first": first_sections(tiles, scale), "headings": headings(tiles), "parts": len(parts)}
        embeds = self._embeds and is_everywhere
        context["embed_path"] = _EMBED_PAGE.path.replace("{set}", address(shown.name)) if embeds else None
        context["is_everywhere"] = is_everywhere
        for page in self._pages.values():
            if page.is_of_set and page.name != _ALL:
                self._write(page, shown.name, context)
        for number, sections in enumerate(parts, start=1):
            part = {"part": number, "everything": sections}
            self._write(self._pages[_ALL], shown.name, context | part, part=f"{number}/" if number > 1 else "")
        if embeds:
            self._write(_EMBED_PAGE, shown.name, context, template="embed.html")

    def render_skeleton(self) -> str:
        """What photos' own pages are made from (functions/photo_page.py), in one language: the site's, or English."""
        return self._render(self._templates[ENGLISH], "photo.html", _PHOTO_PAGE, {})

    def _write(self, page: Page, name: str, context: dict[str, Any], *, template: str = "", part: str = "") -> None:
        """Write a page in every language; ``part`` is the folder of one of its later parts."""
        for name_of_file, text in self._rendered(page, name, context, template=template, part=part):
            target = self._folder / name_of_file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def _rendered(
        self, page: Page, name: str, context: dict[str, Any], *, template: str = "", part: str = ""
    ) -> Iterator[tuple[str, str]]:
        """A page in every language, each by its file."""
        template = template or f"pages/{page.name}.html"
        folder, _, file = page.file(name).rpartition("/")
        folder = f"{folder}/{part}" if folder else part
        for language, templates in self._templates.items():
            told: dict[str, Any] = {}
            if not context.get("is_everywhere", True):
                told = {"site": self._narrower[language]}
            if page.is_open and not self._is_public:
                told = dict(_SHELL)
            if context.get("has_private"):
                config = cast(dict[str, Any], templates.globals["browser_config"])
                told["browser_config"] = config | {"hasPrivate": True}
            text = self._render(templates, template, page, {**context, **told})
            yield f"{folder.rstrip('/')}/{in_language(file, language)}".lstrip("/"), text

    def _render(self, templates: jinja2.Environment, name: str, page: Page, context: dict[str, Any]) -> str:
        try:
            return templates.get_template(name).render(page=page, **context)
        except jinja2.TemplateSyntaxError as error:
            raise BuildError(f"{error.filename}, line {error.lineno}: {error.message}") from None
        except jinja2.TemplateNotFound as error:
            raise BuildError(f"there is no template {error.name} in {', '.join(self._folders)}") from None
        except Exception as error:
            raise BuildError(f"{self._place_of(error) or f'{name}, or a template that it uses'}: {error}") from error

    def _place_of(self, error: Exception) -> str:
        """Where in a template an error arose: Jinja gives its traceback the templates' files and lines.

        Empty if no template ran yet, because one of them is no text for example.
        """
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith(tuple(self._folders))]
        return f"{own[-1].filename}, line {own[-1].lineno}" if own else ""


@functools.cache
def _compiled() -> jinja2.BytecodeCache:
    """Templates as compiled, which takes longer than to render them: once for all languages, and kept beside Python's
    packages for the next time, until a template, Jinja or this module changes."""
    compiler = importlib.metadata.version("jinja2").encode() + Path(__file__).read_bytes()
    folder = Path(sys.prefix) / "compiled-templates"
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
    # Who may not write there, as a service, keeps them in a folder for temporary files: Jinja's own default.
    directory = str(folder) if os.access(folder, os.W_OK) else None
    return jinja2.FileSystemBytecodeCache(directory, f"kinpics-{hashlib.sha256(compiler).hexdigest()[:16]}-%s")


def make_environment(folders: Sequence[Path], translator: Translator, known: dict[str, Any]) -> jinja2.Environment:
    """The templates in one language: texts by ``_`` and ``ngettext``, dates and numbers by filters.

    Owners share themes, so a template can't reach the machine that publishes, or what the owner may do on AWS.
    """
    templates = jinja2.sandbox.SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_compiled(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_translations(translator.translations, newstyle=True)  # type: ignore[attr-defined]
    counted = cast(Callable[..., str], templates.globals["ngettext"])

    @jinja2.pass_context
    def ngettext(context: jinja2.runtime.Context, one: str, many: str, num: int, **values: Any) -> str:
        return counted(context, one, many, num, **{"num": translator.number(num), **values})

    templates.globals |= {**known, "ngettext": ngettext}
    templates.filters |= {"number": translator.number, "date": translator.date, "month": translator.month}
    templates.filters |= {"shorten": shorten, "film_length": film_length}
    templates.globals["dates"] = translator.dates
    templates.globals["period"] = translator.period
    return templates


def _day_taken(translator: Translator) -> str:
    """A photo's day as its skeleton has it: each month in a part of its own, in the order that the language has."""
    samples = {month: translator.date(date(_SAMPLE_YEAR, month, _SAMPLE_DAY)) for month in range(1, 13)}
    parts = (f"[[#month_{month}]]{day}[[/month_{month}]]" for month, day in samples.items())
    return "".join(parts).replace(str(_SAMPLE_YEAR), "[[year]]").replace(str(_SAMPLE_DAY), "[[day]]")
