"""Brings site/languages/ up to date with the texts of the site: `make languages`.

A new text gets an empty translation; a changed one gets an empty translation too, and the old one is dropped. A test holds the
catalogues to it, and fails until each text has its translation (tests/unit/test_catalogues.py).
"""

import io
import json
from collections import Counter

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from functions.languages import ENGLISH, LANGUAGES
from scripts.site.messages import READERS, find_messages, messages_for, script_messages
from scripts.site.translations import SCRIPT_MESSAGES, catalogue_path, read_catalogue

_WIDTH = 120


def updated(language: str) -> str:
    """The text of a language's catalogue with each message of the site, and no other."""
    known = read_catalogue(language) if catalogue_path(language).exists() else Catalog(language)
    fresh = Catalog(language, header_comment="")
    for message in find_messages():
        if message.id:
            there = known.get(message.id)
            fresh.add(message.id, there.string if there else None, flags=there.flags if there else ())
    file = io.BytesIO()
    write_po(file, fresh, width=_WIDTH, sort_output=True, omit_header=True)
    return _header(fresh) + file.getvalue().decode()


def _header(catalog: Catalog) -> str:
    """What programs need to know of a catalogue; dates would only be lines that conflict."""
    fields = {
        "Language": str(catalog.locale),
        "Plural-Forms": catalog.plural_forms,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items()) + "\n"


def script_list() -> str:
    """The messages of the scripts as the generator reads them: those that visitors need, and others' besides."""
    visitors, others = Counter(script_messages()), {reader: Counter(messages_for(reader)) for reader in READERS}
    for messages in others.values():
        visitors -= messages
    found = {"visitors": sorted(visitors, key=str)}
    found |= {reader: sorted(messages.keys() - visitors.keys(), key=str) for reader, messages in others.items()}
    return json.dumps(found, ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    SCRIPT_MESSAGES.write_text(script_list(), encoding="utf-8")
    for name in LANGUAGES:
        if name != ENGLISH:
            catalogue_path(name).parent.mkdir(exist_ok=True)
            catalogue_path(name).write_text(updated(name), encoding="utf-8")
