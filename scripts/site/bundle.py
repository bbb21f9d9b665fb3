"""Bundles the site's scripts and style sheets with esbuild."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from functions.errors import KinpicsError
from scripts.common.config import ROOT

# For all pages, and the part that an album's page needs: on a slow connection its photos wait for that.
STYLE_SHEETS = ("style.css", "album.css")
# Bundles made before, so many of them, beside the packages they hold: npm deletes both together.
_KEPT = ROOT / "node_modules" / ".cache" / "kinpics"
_MOST_KEPT = 8
_URLS = "urls.json"
# Folders of the site that no bundle has anything of.
_NOT_BUNDLED = ("templates", "languages")


class BuildError(KinpicsError):
    """The site can't be rendered; the message says what to do."""


@dataclass(frozen=True)
class Assets:
    """URLs of the bundled files by their source's name."""

    urls: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.urls[name]


def bundle(folder: Path, rules: str = "", sheets: Iterable[Path] = ()) -> Assets:
    """Bundle scripts and style sheets into ``assets/``, under names that carry a hash of their content.

    After each of our style sheets come the owner's CSS rules, then the owner's style sheets. What was bundled before
    from the same files is used again. Raises ``BuildError``.
    """
    sheets = list(sheets)
    if sheets:  # they may name files anywhere
        return Assets(_bundle_all(folder, rules, sheets))
    kept = _KEPT / _digest(rules)
    if not kept.is_dir():
        urls = _bundle_all(folder, rules, [])
        with contextlib.suppress(OSError):  # a checkout that can't be written to
            _keep(kept, folder / "assets", urls)
        return Assets(urls)
    shutil.copytree(kept, folder / "assets", ignore=shutil.ignore_patterns(_URLS))
    return Assets(json.loads((kept / _URLS).read_text(encoding="utf-8")))


def _digest(rules: str) -> str:
    """Of all that a bundle without the owner's style sheets is made from."""
    site = ROOT / "site"
    sources = sorted(path for path in site.rglob("*") if path.relative_to(site).parts[0] not in _NOT_BUNDLED)
    packages = ROOT / "node_modules" / ".package-lock.json"
    digest = hashlib.sha256(rules.encode())
    for path in (Path(__file__), packages, *sources):
        if path.is_file():
            digest.update(f"\n{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _keep(kept: Path, assets: Path, urls: dict[str, str]) -> None:
    """Keep a bundle, whole or not at all, and none of those that were made long before it. Raises ``OSError``."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=_KEPT))
    try:
        shutil.copytree(assets, made, dirs_exist_ok=True)
        (made / _URLS).write_text(json.dumps(urls), encoding="utf-8")
        made.rename(kept)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    newest_first = sorted(_KEPT.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[_MOST_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _bundle_all(folder: Path, rules: str, sheets: Sequence[Path]) -> dict[str, str]:
    metafile = folder / "meta.json"
    with tempfile.TemporaryDirectory(prefix="kinpics-") as styles:
        (rules_file := Path(styles) / "rules.css").write_text(rules, encoding="utf-8")
        entries = [Path(styles) / name for name in STYLE_SHEETS]
        for entry in entries:
            imported = [ROOT / "site" / "css" / entry.name, rules_file, *sheets]
            entry.write_text("".join(f'@import "{path}";\n' for path in imported), encoding="utf-8")
        arguments = [
            "site/js/main.js",
            "site/css/lightbox.css",
            "site/css/share.css",
            "site/css/owner.css",
            "site/css/uploading.css",
            "site/css/events.css",
            *map(str, entries),
        ]
        arguments += ["--splitting", "--format=esm"]
        arguments += ["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"]
        arguments += ["--loader:.bin=file", "--loader:.woff2=file", "--public-path=/assets"]
        arguments += [f"--outdir={folder / 'assets'}", f"--metafile={metafile}"]
        _bundle(arguments)
    outputs = json.loads(metafile.read_text())["outputs"]
    metafile.unlink()
    urls: dict[str, str] = {}
    for path, output in outputs.items():
        if path.endswith(".woff2"):
            urls[Path(next(iter(output["inputs"]))).name] = _asset_url(path)
        elif output.get("entryPoint"):
            urls[Path(output["entryPoint"]).name] = _asset_url(path)
    return urls


def bundle_worker(source: str, target: Path) -> None:
    """Bundle a service worker, a script of ``site/js/offline/``, into one file. Raises ``BuildError``."""
    _bundle([f"site/js/offline/{source}", "--format=iife", f"--outfile={target}"])


def _bundle(arguments: list[str]) -> None:
    run_esbuild([*arguments, "--bundle", "--minify", "--target=es2022"])


def run_esbuild(arguments: list[str]) -> None:
    """Run esbuild in the checkout. Raises ``BuildError``."""
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        raise BuildError(f"{esbuild} is missing: run `make setup`, which installs the JavaScript packages")
    # A browser would pass over a mistake in the owner's style sheet, and whatever comes after it.
    severity = ["--log-level=error", "--log-override:css-syntax-error=error"]
    command = [str(esbuild), *arguments, *severity]
    # If the machine's Node.js is missing or too old, `make setup` has put one beside this Python.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"}
    result = subprocess.run(  # noqa: S603 - fixed arguments
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BuildError(f"the scripts or style sheets can't be bundled: {result.stderr.strip()}")


def _asset_url(path: str) -> str:
    return f"/assets/{Path(path).name}"
