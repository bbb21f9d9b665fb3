"""Renditions a second, one process: ours, the least Pillow needs for the very same renditions, and sigal."""

import io
import shutil
import subprocess
import time
from pathlib import Path

from PIL import Image

from bench import workplace
from functions.process.images import render
from functions.thumbnail_sizes import LARGE_SIDE, THUMBNAIL_SIDE

COUNT = 40
ROUNDS = 3


def draft_limit(data: bytes) -> None:
    """Both renditions with shrink-on-load and nothing around it: no checks, no colour, no orientation."""
    image = Image.open(io.BytesIO(data))
    scale = LARGE_SIDE / max(image.size)
    image.draft("RGB", (int(image.width * scale), int(image.height * scale)))
    view = image.resize(
        (round(image.width * LARGE_SIDE / max(image.size)), round(image.height * LARGE_SIDE / max(image.size))),
        Image.Resampling.LANCZOS,
        reducing_gap=2.0,
    )
    view.save(io.BytesIO(), "JPEG", quality=82)
    size = (round(view.width * THUMBNAIL_SIDE / LARGE_SIDE), round(view.height * THUMBNAIL_SIDE / LARGE_SIDE))
    view.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).save(io.BytesIO(), "WEBP", quality=70, method=2)


def run() -> list[str]:
    """Lines of the report."""
    folder = workplace.photos(COUNT)
    data = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    ours, limit = [], []
    for _ in range(ROUNDS):  # taken in turns, so that a busy moment falls on both
        ours.append(_seconds(lambda: [render(photo) for photo in data]))
        limit.append(_seconds(lambda: [draft_limit(photo) for photo in data]))
    best, least = COUNT / min(ours), COUNT / min(limit)
    sigal = COUNT / _sigal(folder)
    return [
        f"thumbnails, {COUNT} generated photos of 12 MP, one process, best of {ROUNDS}:",
        f"  kinpics          {best:6.1f} photos/s (renditions of {THUMBNAIL_SIDE} and {LARGE_SIDE} px, placeholder)",
        f"  Pillow's limit   {least:6.1f} photos/s (the same renditions)   -> kinpics at {best / least:.0%} of it",
        f"  sigal build      {sigal:6.1f} photos/s (its own sizes)          -> kinpics {best / sigal:.1f}x",
    ]


def _seconds(work: object) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _sigal(photos: Path) -> float:
    """Seconds of `sigal build` on one process."""
    out = workplace.WORK / "sigal-thumbnails"
    shutil.rmtree(out, ignore_errors=True)
    config = build_config(out, theme="photoswipe")
    command = [workplace.sigal(), "build", "--config", config, "--ncpu", "1", photos.parent / photos.name, out / "site"]
    return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def build_config(folder: Path, theme: str) -> Path:
    """A settings file for sigal as `sigal init` leaves it, with another theme."""
    folder.mkdir(parents=True)
    subprocess.run([workplace.sigal(), "init", folder / "sigal.conf.py"], check=True, capture_output=True)
    config = folder / "sigal.conf.py"
    config.write_text(config.read_text() + f"\ntheme = {theme!r}\n")
    return config
