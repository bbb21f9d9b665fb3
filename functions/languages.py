"""The languages that pages are in, and which one a visitor gets.

The gate (edge/gate.js) chooses the same way; tests/data/accept_language.json checks both.
"""

import re

# Texts are written in the first one, which also goes to visitors who ask for none of the others.
LANGUAGES = ("en", "de", "fr", "es")
ENGLISH = LANGUAGES[0]
# The value in `kinpics.toml` and the template that lets the visitor's browser decide.
AUTO = "auto"

_MAX_HEADER = 500
# A language range with its weight: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
_RANGE = re.compile(r"[ \t]*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*[ \t]*(?:;[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*)?")


def choose_language(accept_language: str) -> str:
    """The language of ``LANGUAGES`` that the header ``Accept-Language`` prefers."""
    chosen, best = ENGLISH, 0.0
    for part in accept_language[:_MAX_HEADER].split(","):
        if found := _RANGE.fullmatch(part):
            language, quality = found[1].lower(), float(found[2] or 1)
            if language in LANGUAGES and quality > best:
                chosen, best = language, quality
    return chosen


def in_language(file: str, language: str) -> str:
    """What a page's file is called in one of several languages: ``index.html`` is English, ``index.de.html`` German."""
    return file if language == ENGLISH else f"{file.removesuffix('html')}{language}.html"
