"""Steps that browser tests share."""

from playwright.sync_api import Page


def open_photo(page: Page, file: str, *, faces: bool = True) -> None:
    """Open a photo of the page's grid and wait until it is shown."""
    page.locator(".grid.live").wait_for()
    page.locator(f'a.tile[data-file="{file}"], a.tile[data-key$="/{file}"]').first.click()
    page.locator(".pswp--ui-visible").wait_for()
    page.locator(f'.strip[data-state="{"faces" if faces else "none"}"]').wait_for(state="attached")
