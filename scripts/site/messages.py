"""Finds every text that visitors can read: in the templates, in the scripts, in print, and on the closed site's page.

The English text is the message. Templates and Python mark it with ``_``, ``ngettext`` or ``{% trans %}``, scripts with
``t`` or ``tn`` (site/js/language.js).
"""

import json
from collections.abc import Iterator
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from functions.languages import ENGLISH
from scripts.common.config import ROOT

# A text, or the two forms of one with a plural.
Message = str | tuple[str, str]

# Who loads scripts with texts of their own, and which these are in site/js.
READERS = {"owner": "owner/**.js", "contributors": "uploading/**.js", "members": "pages/account.js"}

_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "t": None, "tn": (1, 2)}
_TEMPLATE_OPTIONS = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}


def find_messages() -> Catalog:
    """Every message, without translations."""
    catalog = Catalog()
    templates = _find("site/templates", "**.html", "jinja2", _TEMPLATE_OPTIONS)
    defaults = _find("scripts/site", "translations.py", "python")
    of_home = _find("scripts/laptop", "home_pages.py", "python")
    printed = _find("scripts/events", "sheet_words.py", "python")
    for message in (
        *templates,
        *script_messages(),
        *defaults,
        *of_home,
        *printed,
        *closed_words()[ENGLISH],
    ):
        catalog.add(message)
    return catalog


def closed_words() -> dict[str, list[str]]:
    """What the page of a closed site says, by language: its title, its heading and a sentence."""
    words: dict[str, list[str]] = json.loads((ROOT / "edge" / "closed_words.json").read_text(encoding="utf-8"))
    return words


def script_messages() -> Iterator[Message]:
    """The messages of the scripts. Finding them takes most of a second, so a site is rendered with a stored list."""
    return _find("site/js", "**.js", "javascript")


def messages_for(reader: str) -> Iterator[Message]:
    """Those of the scripts that only one of `READERS` loads."""
    return _find("site/js", READERS[reader], "javascript")


def _find(folder: str, pattern: str, method: str, options: dict[str, str] | None = None) -> Iterator[Message]:
    methods, settings = [(pattern, method)], {pattern: options or {}}
    for _, _, found, _, _ in extract_from_dir(ROOT / folder, methods, settings, keywords=_KEYWORDS):
        yield found if isinstance(found, str) else (found[0], found[1])
