import re
import subprocess
from pathlib import Path

import pytest

from scripts import document_data

ROOT = Path(__file__).parents[2]
PAGES = list(
    subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
)


def test_the_page_on_data_is_what_the_code_says() -> None:
    assert document_data.PATH.read_text() == document_data.render(), "run python -m scripts.document_data"


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), f"{page} links to {target}, which is not there"
