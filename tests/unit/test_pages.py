import json
import re

import pytest

from functions.photo_rows import title_of
from scripts.common.config import ROOT
from scripts.site.pages import Page, list_pages

SITE = ROOT / "site"


def test_each_page_has_a_template_of_its_name() -> None:
    assert {path.stem for path in (SITE / "templates" / "pages").iterdir()} == set(list_pages())


def test_each_script_belongs_to_a_page_and_main_starts_it() -> None:
    pages = list_pages()
    scripts = {path.stem for path in (SITE / "js" / "pages").iterdir()}
    assert {page.script for page in pages.values()} - {None} == scripts
    assert scripts <= set(pages), "a script bears the name of its page"
    main, later = ((SITE / "js" / name).read_text() for name in ("main.js", "later.js"))
    functions = dict(re.findall(r'import \{ (\w+) \} from "\./pages/(\w+)\.js"', main))
    at_once = re.findall(r"(\w+): (\w+)", re.findall(r"FIRST = \{(.*?)\};", main, re.DOTALL)[0])
    modules = {name: functions[function] for name, function in at_once}
    modules |= dict(re.findall(r'export \{ \w+ as (\w+) \} from "\./pages/(\w+)\.js"', later))
    assert modules == {script: script for script in scripts}, "by the name that pages.json has for it"


def test_the_pages_that_the_gate_lets_everybody_have_are_shells() -> None:
    """Those say nothing of the site; edge/gate.js and scripts/site/pages.py each have a list of them."""
    (pattern,) = re.findall(r"const OPEN =\s*/(.*)/;", (ROOT / "edge" / "gate.js").read_text())
    is_open = re.compile(pattern.replace("\\/", "/"))
    pages = list_pages().values()
    assert {page.name for page in pages if page.is_open} == {page.name for page in pages if is_open.match(page.path)}


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/people/", "people/index.html"),
        ("/404.html", "404.html"),
        ("/sets/{set}/all/", "sets/a b/all/index.html"),
    ],
)
def test_a_page_lies_where_its_address_is_looked_up(path: str, file: str) -> None:
    assert Page("any", path, None, False).file("a b") == file


def test_a_sets_name_reads_as_the_title_that_scripts_give_it() -> None:
    titles = json.loads((ROOT / "tests" / "data" / "titles.json").read_text(encoding="utf-8"))
    assert {name: title_of(name) for name in titles} == titles
