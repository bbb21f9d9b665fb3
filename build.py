"""The site generator: ``site/`` + ``kinpics.toml`` + a deployed stack → ``dist/``.

``site/pages.json`` lists the pages. Each has a template of its name; those of a set carry its first photos, and the
fallback page shows sets that are newer than the site.
"""

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

import click

from functions.keys import BadNameError, check_set_name
from functions.shapes import Photo, PhotoSet
from local.state_folder import STACK_NAME
from scripts.common.config import ROOT, SiteConfig, ThemeConfig, load_config, load_theme_config
from scripts.common.stack import Stack, connect
from scripts.common.terminal import echo
from scripts.site.browser_config import UNKNOWN_HEIGHT, UNKNOWN_WIDTH, browser_config
from scripts.site.bundle import bundle
from scripts.site.pages import SitePages, title_of
from scripts.site.theme import load_theme


def build(
    stack: Stack, dist: Path, config: SiteConfig | None = None, look: ThemeConfig | None = None, root: Path = ROOT
) -> Path:
    """Render the site of a stack into ``dist``, which is replaced whole; ``root`` has the owner's ``theme/``.

    Raises ``BuildError``, ``ConfigError``; then ``dist`` stays as it was.
    """
    config = config or load_config()
    look = look or load_theme_config()
    sets = [photo_set for photo_set in stack.photos.list_sets() if _is_shown(photo_set)]
    fresh = dist.with_name(dist.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    theme = load_theme(look, root, fresh)
    assets = bundle(fresh, theme.rules, theme.sheets)
    # Also without a hash in its name, for the page that CloudFront's function shows while the site is closed.
    shutil.copyfile(fresh / assets["style.css"].removeprefix("/"), fresh / "style.css")
    # The licences of the packages in the scripts ask to come along with them.
    shutil.copyfile(ROOT / "NOTICE", fresh / "notice.txt")
    pages = SitePages(
        fresh,
        config,
        theme,
        assets,
        browser_config(stack, config),
        has_photos=bool(sets),
        has_gallery=stack.gallery.count_faces() > 0,
    )
    newest_first = sorted(sets, key=lambda photo_set: photo_set.sortkey, reverse=True)
    pages.write_of_site(sets=newest_first)
    for photo_set in sets:
        rows = stack.photos.list_rows if photo_set.is_uncounted else stack.photos.list_grid
        photos = [_with_size(Photo.from_item(item)) for item in rows(photo_set.sortkey)]
        title = photo_set.title or title_of(photo_set.sortkey)
        pages.write_of_set(photo_set.sortkey, title=title, photos=photos)
    shutil.rmtree(dist, ignore_errors=True)
    fresh.rename(dist)
    return dist


def _is_shown(photo_set: PhotoSet) -> bool:
    """Whether a set has photos and a name that a page can have: others may have written its row."""
    with contextlib.suppress(BadNameError):
        check_set_name(photo_set.sortkey)
        return photo_set.is_uncounted or (photo_set.pic_count or 0) > 0
    return False


def _with_size(photo: Photo) -> Photo:
    """The photo with a size to lay out; rows written by other programs may lack one."""
    return photo if photo.width and photo.height else replace(photo, width=UNKNOWN_WIDTH, height=UNKNOWN_HEIGHT)


@click.command()
@click.option("--stack", "stack_name", default=STACK_NAME, envvar="KINPICS_STACK", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / ".kinpics", envvar="KINPICS_DATA")
@click.option("--dist", type=click.Path(path_type=Path), default=ROOT / "dist", show_default="dist")
def main(stack_name: str, data: Path, dist: Path) -> None:
    """Render the site into a folder, without publishing it; `kinpics publish` does both."""
    echo(build(connect(stack_name, data.resolve()), dist.resolve()))


if __name__ == "__main__":
    main()
