"""No template shows a text that isn't in the catalogues. tests/unit/texts.test.js says the same of the scripts."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from scripts.common.config import ROOT

TEMPLATES = ROOT / "site" / "templates"
# For people who change the look, not for visitors: in English, like the documentation.
FOR_OWNERS = {"styleguide.html"}
SHOWN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title"}
# Stands for what an expression writes, which is looked at by itself.
WRITTEN = "\0"
SHOWN_TEMPLATES = sorted(path for path in TEMPLATES.rglob("*.html") if path.name not in FOR_OWNERS)
WORD = re.compile(r"[^\W\d_]{2}")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
# The names of a photo's values (functions/photo_page.py).
VALUES = re.compile(r"\[\[[#/]?\w+(?:\|json)?\]\]")
CALLS = {"_", "gettext", "ngettext"}


class Shown(HTMLParser):
    """The texts of a page that a visitor sees or hears."""

    def __init__(self, markup: str):
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.texts += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]
        values = dict(attributes)
        if tag == "meta" and values.get("name") == "description":
            self.texts.append(values.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Attributes of an element in another template or macro.
            self.texts += [text for found in ATTRIBUTE.findall(data) for text in Shown(f"<i {found}>").texts]
            self.texts.append(ATTRIBUTE.sub("", data))


def texts_outside(source: str) -> list[str]:
    """What a template shows that is neither a message nor a value."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    source = VALUES.sub("", source)
    markup = "".join(_data(environment, source))
    shown = [text.strip() for text in Shown(markup).texts if WORD.search(text)]
    constants = _constants(environment.parse(source), is_message=False)
    return [*shown, *(text for text in constants if re.search(r"^[A-Z]|\w \w", text) and WORD.search(text))]


def _data(environment: jinja2.Environment, source: str) -> Iterator[str]:
    """The markup of a template, without blocks, expressions and the texts in `trans`, which are messages."""
    is_message = False
    for _, kind, text in environment.lex(source):
        if kind == "name" and text in ("trans", "endtrans"):
            is_message = text == "trans"
        elif kind == "data" and not is_message:
            yield text
        elif kind == "variable_begin":
            yield WRITTEN


def _constants(node: nodes.Node, *, is_message: bool) -> Iterator[str]:
    """The texts in a template's expressions, without its messages."""
    for child in node.iter_child_nodes():
        calls = isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in CALLS
        if isinstance(child, nodes.Const) and isinstance(child.value, str) and not is_message:
            yield child.value
        if not isinstance(child, nodes.TemplateData):
            yield from _constants(child, is_message=is_message or calls)


@pytest.mark.parametrize("template", SHOWN_TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_is_in_the_catalogues(template: Path) -> None:
    assert texts_outside(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{{ _("Hello") }}</p>', []),
        ("<p>{% trans name=name %}Hello {{ name }}{% endtrans %} · {{ title }}</p>", []),
        ('<img alt="A photo">', ["A photo"]),
        ("""<button aria-label="{{ _('Close') }}" class="big button">+</button>""", []),
        ('{% macro more() %} data-a="b c" title="Show more"{% endmacro %}', ["Show more"]),
        ("<p>{{ count }} photos</p>", ["\0 photos"]),
        ('<p>{{ "Closed" if closed else _("Open") }}</p>', ["Closed"]),
        ('<p>{% set label = "no photos" %}{{ label }}</p>', ["no photos"]),
        ('{# A remark #}<script type="application/json">{"a": "Hello you"}</script>', []),
        ('<meta name="description" content="All photos">', ["All photos"]),
    ],
)
def test_a_text_outside_the_catalogues_is_found(source: str, found: list[str]) -> None:
    assert texts_outside(source) == found
