import re

import pytest

from build import Page, list_pages
from scripts.common.config import ROOT

SITE = ROOT / "site"


def test_each_page_has_a_template_of_its_name() -> None:
    assert {path.stem for path in (SITE / "templates" / "pages").iterdir()} == set(list_pages())


def test_each_script_is_a_page_s_and_is_started_by_main() -> None:
    pages = list_pages()
    scripts = {path.stem for path in (SITE / "js" / "pages").iterdir()}
    assert {page.script for page in pages.values()} - {None} == scripts
    assert scripts <= set(pages), "a script bears the name of its page"
    started = "".join((SITE / "js" / name).read_text() for name in ("main.js", "later.js"))
    assert set(re.findall(r'"\./pages/(\w+)\.js"', started)) == scripts


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/people/", "people/index.html"),
        ("/404.html", "404.html"),
        ("/sets/{set}/all/", "sets/a b/all/index.html"),
    ],
)
def test_a_page_stands_where_its_address_is_looked_up(path: str, file: str) -> None:
    assert Page("any", path, None, False).file("a b") == file
