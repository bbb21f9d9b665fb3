"""The demo's photos: fetched from pinned packages, each checked by its digest, and never part of the project.

Pictures that well-known packages carry for their own tests: see docs/demo.md. From them a group picture, one turned by
its EXIF orientation and one HEIC are composed here.
"""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image

from functions.errors import KinpicsError

_VERSION = "1"


# Set, file and name of each portrait in the gallery.
_PORTRAITS = (
    ("2009_inauguration", "obama.jpg", "Barack Obama"),
    ("2009_inauguration", "biden.jpg", "Joe Biden"),
    ("2015_pioneers", "hopper.jpg", "Grace Hopper"),
)
_CREDITS = "U.S. government,public domain,"


class DemoPhotosError(KinpicsError):
    """The photos can't be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Package:
    """A distribution file on the package index: what to ask pip for, and its SHA-256."""

    requirement: str
    digest: str
    options: tuple[str, ...]


_WHEEL = ("--only-binary=:all:", "--implementation=cp", "--python-version=3.11", "--platform=manylinux2014_x86_64")
PACKAGES = {
    "face_recognition": Package(
        "face_recognition==1.3.0",
        "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
        ("--no-binary=:all:", "--no-build-isolation"),
    ),
    "skimage": Package(
        "scikit-image==0.26.0",
        "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
        (*_WHEEL, "--platform=manylinux_2_28_x86_64"),
    ),
    "matplotlib": Package(
        "matplotlib==3.11.2", "07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8", _WHEEL
    ),
}
# File of the demo: (package, member, SHA-256 of the member).
FILES = {
    "obama.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    ),
    "obama2.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama2.jpg",
        "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    ),
    "obama3.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama3.jpg",
        "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    ),
    "obama_half.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama_partial_face.jpg",
        "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117",
    ),
    "obama_close.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama_partial_face2.jpg",
        "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028",
    ),
    "biden.jpg": (
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    ),
    "collins.png": (
        "skimage",
        "skimage/data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    ),
    "cat.png": (
        "skimage",
        "skimage/data/chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    ),
    "coffee.png": (
        "skimage",
        "skimage/data/coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    ),
    "rocket.jpg": (
        "skimage",
        "skimage/data/rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    ),
    "hopper.jpg": (
        "matplotlib",
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
    ),
}


def prepare(folder: Path) -> list[Path]:
    """Prepare the demo's sets under ``folder``, and return their folders. Raises ``DemoPhotosError``."""
    done = folder / ".version"
    if not done.exists() or done.read_text() != _VERSION:
        shutil.rmtree(folder, ignore_errors=True)
        downloads = folder / ".downloads"
        downloads.mkdir(parents=True)
        pictures = _fetch(downloads)
        _arrange(folder, pictures)
        shutil.rmtree(downloads)
        done.write_text(_VERSION)
    return sorted(path for path in folder.iterdir() if path.is_dir())


def prepare_gallery(sets: list[Path], folder: Path) -> Path:
    """The portraits of the demo's own people, for the gallery: copied from its sets, and named in a CSV."""
    folders = {path.name: path for path in sets}
    folder.mkdir(exist_ok=True)
    for set_name, file, _ in _PORTRAITS:
        shutil.copy(folders[set_name] / file, folder / file)
    rows = [f"{file},{person},{_CREDITS}" for _, file, person in _PORTRAITS]
    (folder / "credits.csv").write_text("\n".join(["file,name,credit,licence,url", *rows, ""]))
    return folder


def _fetch(downloads: Path) -> dict[str, bytes]:
    """The checked pictures by name."""
    archives = {name: _download(package, downloads / name) for name, package in PACKAGES.items()}
    pictures = {}
    for name, (package, member, digest) in FILES.items():
        data = _member(archives[package], member)
        if hashlib.sha256(data).hexdigest() != digest:
            raise DemoPhotosError(f"{member} of {PACKAGES[package].requirement} is not the expected file")
        pictures[name] = data
    return pictures


def _download(package: Package, folder: Path) -> Path:
    folder.mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package.requirement} --hash=sha256:{package.digest}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += [*package.options, "--dest", str(folder), "--requirement", str(requirements)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    found = [path for path in folder.iterdir() if path != requirements]
    if result.returncode or not found:
        lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR")] or ["pip gave no reason"]
        raise DemoPhotosError(
            f"the demo photos can't be fetched ({package.requirement}: {lines[-1].removeprefix('ERROR: ')}); "
            "check the connection to the package index and run the same command again"
        )
    return found[0]


def _member(archive: Path, name: str) -> bytes:
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(name)
        with tarfile.open(archive) as source:
            file = source.extractfile(name)
            if file is not None:
                return file.read()
    except KeyError:
        pass
    raise DemoPhotosError(f"{archive.name} has no {name}")


def _arrange(folder: Path, pictures: dict[str, bytes]) -> None:
    """Write the sets, with the pictures composed from others."""
    sets = {
        "2009_inauguration": ["obama.jpg", "obama2.jpg", "biden.jpg"],
        "2015_pioneers": ["collins.png", "hopper.jpg", "rocket.jpg"],
        "2016_weekend": ["obama3.jpg", "obama_half.jpg", "obama_close.jpg", "cat.png", "coffee.png"],
    }
    for name, files in sets.items():
        (folder / name).mkdir()
        for file in files:
            (folder / name / file).write_bytes(pictures[file])
    _group([pictures[name] for name in ("obama.jpg", "collins.png", "hopper.jpg", "biden.jpg")]).save(
        folder / "2015_pioneers" / "group.jpg", quality=92
    )
    _turned(pictures["obama2.jpg"], folder / "2016_weekend" / "turned.jpg")
    pillow_heif.from_pillow(_open(pictures["biden.jpg"])).save(folder / "2009_inauguration" / "phone.heic", quality=85)


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _group(pictures: list[bytes]) -> Image.Image:
    """Several portraits side by side, all of one height."""
    portraits = [_open(data) for data in pictures]
    height = 700
    scaled = [image.resize((round(image.width * height / image.height), height)) for image in portraits]
    group = Image.new("RGB", (sum(image.width for image in scaled), height))
    left = 0
    for image in scaled:
        group.paste(image, (left, 0))
        left += image.width
    return group


def _turned(data: bytes, target: Path) -> None:
    """A picture as a camera held upright stores it: lying on its side, with the orientation in EXIF."""
    image = _open(data)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2016:05:14 17:30:00"
    image.transpose(Image.Transpose.ROTATE_90).save(target, quality=92, exif=exif)


if __name__ == "__main__":
    try:
        prepared = prepare(Path(sys.argv[1]))
        print(*prepared, prepare_gallery(prepared, Path(f"{sys.argv[1]}-gallery")), sep="\n")
    except (DemoPhotosError, OSError) as error:
        sys.exit(f"Error: {error}")
