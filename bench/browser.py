"""The Chromium that benchmarks drive."""

import contextlib
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bench import workplace


def path() -> str:
    """Where it is."""
    script = workplace.ROOT / "scripts" / "find-chromium"
    return subprocess.run([script], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A running one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=["--no-sandbox", "--disable-gpu", *flags])
        try:
            yield browser
        finally:
            browser.close()
