"""What the site says in a language: texts from ``site/languages/<language>.po``, dates and numbers in its format.

English needs no catalogue: its texts are the messages themselves.
"""

import datetime
import functools
import io
import json
import re
from dataclasses import replace
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, parse_pattern
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from functions.errors import KinpicsError
from functions.languages import ENGLISH
from scripts.common.config import ROOT, SiteConfig

FOLDER = ROOT / "site" / "languages"
# The messages that scripts show, as `make languages` found them.
SCRIPT_MESSAGES = FOLDER.parent / "script-messages.json"
# Pages are written in British English; site/js/language.js says the same.
_LOCALES = {ENGLISH: "en_GB"}
# Numbers up to here cover every plural form that whole numbers have in any language.
_EVERY_FORM = range(200)


class CatalogueError(KinpicsError):
    """A language's catalogue can't be read; the message names it."""


def catalogue_path(language: str) -> Path:
    """Where a language has its texts."""
    return FOLDER / f"{language}.po"


def read_catalogue(language: str) -> Catalog:
    """A language's texts. Raises ``CatalogueError``."""
    return _parsed(language, _content(language))


def _content(language: str) -> bytes:
    path = catalogue_path(language)
    try:
        return path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path} can't be read: {error}") from None


def _parsed(language: str, content: bytes) -> Catalog:
    try:
        return read_po(io.BytesIO(content), locale=language, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{catalogue_path(language)} can't be read: {error}") from None


class Translator:
    """A language of the site. Raises ``CatalogueError`` if its texts can't be read."""

    def __init__(self, language: str):
        self.language = language
        self._locale = Locale.parse(_LOCALES.get(language, language))
        self.translations = NullTranslations() if language == ENGLISH else _compiled(language, _content(language))

    def with_default_texts(self, config: SiteConfig, *, on_laptop: bool = False) -> SiteConfig:
        """The settings, with kinpics's own wording where the owner has written nothing."""
        _ = self.translations.gettext
        if on_laptop:
            consent = _(
                "Your face is compared with the faces here, on the computer that runs this site. It goes to nobody "
                "else, and this site doesn't keep your picture."
            )
        else:
            consent = _(
                "Your face goes to a recognition service, Amazon Rekognition, which compares it with the faces here. "
                "This site doesn't keep your picture."
            )
        return replace(
            config,
            title=config.title or _("Our photos"),
            description=config.description or _("Click a face to see every photo of that person."),
            selfie_consent=config.selfie_consent or consent,
        )

    def number(self, number: float) -> str:
        """A number with its digits grouped."""
        return format_decimal(number, locale=self._locale)

    def photos(self, number: int) -> str:
        """How many photos there are."""
        counted = self.translations.ngettext("%(num)s photo", "%(num)s photos", number)
        return counted % {"num": self.number(number)}

    def date(self, day: datetime.date) -> str:
        """A day with its year."""
        return format_date(day, "long", locale=self._locale)

    def month(self, day: datetime.date) -> str:
        """A month with its year."""
        return format_skeleton("yMMMM", day, locale=self._locale)

    def period(self, dated: str) -> str:
        """A day, a month or a year, written as the owner's date of a set is."""
        first = datetime.date.fromisoformat(dated + "0000-01-01"[len(dated) :])
        if len(dated) == len("2019"):
            return format_skeleton("y", first, locale=self._locale)
        return self.month(first) if len(dated) == len("2019-05") else self.date(first)

    def dates(self, first: datetime.date, last: datetime.date) -> str:
        """From one day to another, or a single day if they are the same."""
        if first == last:
            return self.date(first)
        formats = self._locale.interval_formats
        # Where CLDR has no interval with a whole month, it says to take the one with a short month and lengthen that:
        # https://unicode.org/reports/tr35/tr35-dates.html#intervalFormats
        patterns = formats.get("yMMMMd") or formats["yMMMd"]
        widest = "y" if first.year != last.year else "M" if first.month != last.month else "d"
        whole = [re.sub("M+", "MMMM", pattern) for pattern in patterns[widest]]
        parts = zip(whole, (first, last), strict=True)
        return "".join(parse_pattern(pattern).apply(day, self._locale) for pattern, day in parts)

    def for_scripts(self, reader: str) -> dict[str, str | dict[str, str]]:
        """The texts of the scripts by message, for ``visitors``, or for what another reader loads besides.

        Readers are those of scripts/site/messages.py. One with a plural has a text for each of CLDR's categories.
        """
        if self.language == ENGLISH:
            return {}
        found: dict[str, str | dict[str, str]] = {}
        for message in json.loads(SCRIPT_MESSAGES.read_text(encoding="utf-8"))[reader]:
            if isinstance(message, str):
                found[message] = self.translations.gettext(message)
            else:
                found[message[0]] = self._by_category(*message)
        return dict(sorted(found.items()))

    def _by_category(self, one: str, many: str) -> dict[str, str]:
        forms = {name: self.translations.ngettext(one, many, number) for name, number in self._samples.items()}
        return {"other": self.translations.ngettext(one, many, 10**6), **forms}

    @functools.cached_property
    def _samples(self) -> dict[str, int]:
        """CLDR's categories of whole numbers, each with the lowest number that is of it."""
        rule = self._locale.plural_form
        return {rule(number): number for number in reversed(_EVERY_FORM)}


@functools.lru_cache
def _compiled(language: str, content: bytes) -> NullTranslations:
    """A catalogue to look texts up in, made once while it stays the same; a text marked fuzzy is not used."""
    file = io.BytesIO()
    write_mo(file, _parsed(language, content))
    file.seek(0)
    return Translations(file)
