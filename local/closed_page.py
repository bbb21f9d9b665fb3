"""The page that CloudFront's function shows while the site is closed, read from the template."""

import json
import re
from typing import Any


def closed_words(template: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the page says, by language: its title, its heading and a sentence."""
    found = re.search(r"var closedWords = (\{.*?\n\});", _router(template), re.DOTALL)
    if found is None:
        raise ValueError("the template's router has no words for a closed site")
    return {language: tuple(words) for language, words in json.loads(found[1]).items()}


def closed_pages(template: dict[str, Any]) -> dict[str, bytes]:
    """The page in each language, its lines joined and filled in as the router's JavaScript does."""
    lines = re.search(r"var closedPage = \[(.*?)\]\.join\('\\n'\);", _router(template), re.DOTALL)
    if lines is None:
        raise ValueError("the template's router has no page for a closed site")
    page = "\n".join(re.findall(r"'([^']*)'", lines[1]))
    return {language: _filled(page, (language, *words)) for language, words in closed_words(template).items()}


def _filled(page: str, words: tuple[str, ...]) -> bytes:
    return re.sub(r"\{(\d)\}", lambda place: words[int(place[1])], page).encode()


def _router(template: dict[str, Any]) -> str:
    code: str = template["Resources"]["Router"]["Properties"]["FunctionCode"]["Fn::Sub"]
    return code
