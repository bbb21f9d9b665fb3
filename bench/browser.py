"""The Chromium that benchmarks drive."""

import contextlib
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bench import workplace

# What the address bar suggests is a page of its own in each new window, which would take time from the page measured.
_NO_SUGGESTIONS = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"


def path() -> str:
    """Where it is."""
    script = workplace.ROOT / "scripts" / "find-chromium"
    return subprocess.run([script], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A running one."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", _NO_SUGGESTIONS, *flags]
        browser = playwright.chromium.launch(executable_path=path(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()
