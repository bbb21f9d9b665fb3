"""The site generator: ``site/`` + ``kinpics.toml`` + a deployed stack → ``dist/``.

``site/pages.json`` lists the pages. Each has a template of its name; those of a set carry its first photos, and the
fallback page shows sets that are newer than the site.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import jinja2

from functions.addresses import DOWNLOAD_FOLDER, LARGE_FOLDER, THUMBNAIL_FOLDER, THUMBNAILS_FOLDER, address
from functions.errors import KinpicsError
from functions.keys import NONE, BadNameError, check_set_name
from functions.search.search_request import MAX_LIMIT
from functions.shapes import KEEP_OWN_ROWS_DAYS, MAX_REQUEST_FACES, MAX_REQUEST_MESSAGE, Photo, PhotoSet
from functions.thumbnail_sizes import LARGE_SIDE, THUMBNAIL_SIDE
from local.state_folder import STACK_NAME
from scripts.common.config import ROOT, SiteConfig, load_config
from scripts.common.stack import Stack, connect
from scripts.common.terminal import echo

# Tiles in a set's page: more than any first screen shows. The browser loads the first few at once.
_FIRST_TILES = 32
_EAGER_TILES = 6
# For photos whose size is not known yet.
_UNKNOWN_WIDTH, _UNKNOWN_HEIGHT = 1500, 1000


class BuildError(KinpicsError):
    """The site can't be rendered; the message says what to do."""


@dataclass(frozen=True)
class Page:
    """One of the pages that ``site/pages.json`` lists; its template is ``site/templates/pages/<name>.html``."""

    name: str
    # On the site; `{set}` stands for the name of a set.
    path: str
    # In `site/js/pages/`, without its suffix; a page without one needs no script.
    script: str | None
    # Whether it asks search engines not to show it.
    noindex: bool

    @property
    def is_of_set(self) -> bool:
        """Whether each set has a page of this kind."""
        return "{set}" in self.path

    def file(self, set_name: str = "") -> str:
        """The page's file in the rendered site."""
        path = self.path.removeprefix("/").replace("{set}", set_name)
        return path if path.endswith(".html") else path + "index.html"


def list_pages() -> dict[str, Page]:
    """The pages of the site by their names."""
    listed = json.loads((ROOT / "site" / "pages.json").read_text(encoding="utf-8"))
    return {name: Page(name, **page) for name, page in listed.items()}


@dataclass(frozen=True)
class Assets:
    """URLs of the bundled files by their source's name, and what each script imports at once."""

    urls: dict[str, str]
    imports: dict[str, list[str]]

    def __getitem__(self, name: str) -> str:
        return self.urls[name]


def build(stack: Stack, dist: Path, config: SiteConfig | None = None) -> Path:
    """Render the site of a stack into ``dist``, which is replaced whole. Raises ``BuildError``, ``ConfigError``."""
    config = config or load_config()
    sets = [photo_set for photo_set in stack.photos.list_sets() if _is_shown(photo_set)]
    fresh = dist.with_name(dist.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    assets = _bundle(fresh)
    # Also without a hash in its name, for the page that CloudFront's function shows while the site is closed.
    shutil.copyfile(fresh / assets["style.css"].removeprefix("/"), fresh / "style.css")
    # The licences of the packages in the scripts ask to come along with them.
    shutil.copyfile(ROOT / "NOTICE", fresh / "notice.txt")
    pages = _Pages(fresh, config, assets, _browser_config(stack, config))
    newest_first = sorted(sets, key=lambda photo_set: photo_set.sortkey, reverse=True)
    pages.write_of_site(sets=newest_first, has_gallery=stack.gallery.count_faces() > 0)
    for photo_set in sets:
        rows = stack.photos.list_rows if photo_set.is_uncounted else stack.photos.list_grid
        photos = [_with_size(Photo.from_item(item)) for item in rows(photo_set.sortkey)]
        title = photo_set.title or title_of(photo_set.sortkey)
        pages.write_of_set(photo_set.sortkey, title=title, photos=photos)
    shutil.rmtree(dist, ignore_errors=True)
    fresh.rename(dist)
    return dist


def title_of(name: str) -> str:
    """A set's name as a title: ``2024_newport`` reads "2024 newport". site/js/photos/rows.js does the same."""
    return name.replace("_", " ").strip() or name


def thumbnail_url(set_name: str, file: str) -> str:
    """Address of a photo's thumbnail."""
    return THUMBNAIL_FOLDER + address(set_name, file)


def large_url(set_name: str, file: str) -> str:
    """Address of its large rendition."""
    return LARGE_FOLDER + address(set_name, file)


class _Pages:
    """Writes pages from templates."""

    def __init__(self, folder: Path, config: SiteConfig, assets: Assets, browser_config: dict[str, Any]):
        self._folder = folder
        self._pages = list_pages()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(ROOT / "site" / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "site": config,
            "assets": assets,
            "pages": self._pages,
            "browser_config": {**browser_config, "lightboxCss": assets["lightbox.css"]},
            "origins": _origins(browser_config),
            "first_tiles": _FIRST_TILES,
            "eager_tiles": _EAGER_TILES,
            "max_message": MAX_REQUEST_MESSAGE,
            "title_of": title_of,
            "thumbnail_url": thumbnail_url,
            "large_url": large_url,
            "set_url": self._set_url,
        }

    def write_of_site(self, **context: Any) -> None:
        """Write the pages that the site has once."""
        for page in self._pages.values():
            if not page.is_of_set:
                self._write(page, "", context)

    def write_of_set(self, set_name: str, **context: Any) -> None:
        """Write the pages that each set has."""
        for page in self._pages.values():
            if page.is_of_set:
                self._write(page, set_name, {"set_name": set_name, **context})

    def _write(self, page: Page, set_name: str, context: dict[str, Any]) -> None:
        target = self._folder / page.file(set_name)
        target.parent.mkdir(parents=True, exist_ok=True)
        template = self._templates.get_template(f"pages/{page.name}.html")
        target.write_text(template.render(page=page, **context), encoding="utf-8")

    def _set_url(self, set_name: str) -> str:
        return self._pages["set"].path.replace("{set}", address(set_name))


def _is_shown(photo_set: PhotoSet) -> bool:
    """Whether a set has photos and a name that a page can have: others may have written its row."""
    with contextlib.suppress(BadNameError):
        check_set_name(photo_set.sortkey)
        return photo_set.is_uncounted or (photo_set.pic_count or 0) > 0
    return False


def _with_size(photo: Photo) -> Photo:
    """The photo with a size to lay out; rows written by other programs may lack one."""
    return photo if photo.width and photo.height else replace(photo, width=_UNKNOWN_WIDTH, height=_UNKNOWN_HEIGHT)


def _browser_config(stack: Stack, config: SiteConfig) -> dict[str, Any]:
    """What scripts need to know about this site (site/js/config.js); nothing in it is secret."""
    return {
        "region": stack.region,
        "identityPoolId": stack.outputs.identity_pool,
        "userPoolId": stack.outputs.user_pool,
        "userPoolClientId": stack.outputs.user_pool_client,
        "signUp": stack.parameters.get("SignUp") == "yes",
        "matchesTable": stack.outputs.matches_table,
        "endpoint": stack.endpoint_url,
        "picsTable": stack.outputs.pics_table,
        "searchFunction": stack.outputs.search_function,
        "removalFunction": stack.outputs.removal_function,
        "faceMatchThreshold": config.face_match_threshold,
        "thumbnailFolder": THUMBNAIL_FOLDER,
        "largeFolder": LARGE_FOLDER,
        "downloadFolder": DOWNLOAD_FOLDER,
        "portraitFolder": THUMBNAILS_FOLDER,
        "thumbnailSide": THUMBNAIL_SIDE,
        "largeSide": LARGE_SIDE,
        "unknownWidth": _UNKNOWN_WIDTH,
        "unknownHeight": _UNKNOWN_HEIGHT,
        "maxRemovalFaces": MAX_REQUEST_FACES,
        "maxPhotosFound": MAX_LIMIT,
        "keepMatchDays": KEEP_OWN_ROWS_DAYS,
        "downloads": stack.download_rule != NONE,
    }


def _origins(browser_config: dict[str, Any]) -> list[str]:
    """What a page will call, so that it can connect before its script runs."""
    if browser_config["endpoint"]:
        return [browser_config["endpoint"]]
    return [f"https://{name}.{browser_config['region']}.amazonaws.com" for name in ("cognito-identity", "dynamodb")]


def _bundle(folder: Path) -> Assets:
    """Bundle scripts and style sheets into ``assets/``, under names that carry a hash of their content."""
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        raise BuildError(f"{esbuild} is missing: run `make setup`, which installs the JavaScript packages")
    entries = ["site/js/main.js", "site/css/style.css", "site/css/lightbox.css"]
    metafile = folder / "meta.json"
    command = [str(esbuild), *entries, "--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022"]
    command += ["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"]
    command += ["--loader:.bin=file", "--public-path=/assets", "--log-level=error"]
    command += [f"--outdir={folder / 'assets'}", f"--metafile={metafile}"]
    # If the machine's Node.js is missing or too old, `make setup` has put one beside this Python.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"}
    result = subprocess.run(  # noqa: S603 - fixed arguments
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BuildError(f"the scripts can't be bundled: {result.stderr.strip()}")
    outputs = json.loads(metafile.read_text())["outputs"]
    metafile.unlink()
    urls: dict[str, str] = {}
    imports: dict[str, list[str]] = {}
    for path, output in outputs.items():
        if not output.get("entryPoint"):
            continue
        name = Path(output["entryPoint"]).name
        urls[name] = _asset_url(path)
        imports[name] = [_asset_url(item["path"]) for item in output["imports"] if item["kind"] == "import-statement"]
    return Assets(urls, imports)


def _asset_url(path: str) -> str:
    return f"/assets/{Path(path).name}"


@click.command()
@click.option("--stack", "stack_name", default=STACK_NAME, envvar="KINPICS_STACK", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / ".kinpics", envvar="KINPICS_DATA")
@click.option("--dist", type=click.Path(path_type=Path), default=ROOT / "dist", show_default="dist")
def main(stack_name: str, data: Path, dist: Path) -> None:
    """Render the site into a folder, without publishing it; `kinpics publish` does both."""
    echo(build(connect(stack_name, data.resolve()), dist.resolve()))


if __name__ == "__main__":
    main()
