"""Photos that well-known packages carry for their own tests: fetched from pinned packages, each checked by its digest.

They are never part of the project. docs/demo.md says what they show and under what terms they come.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from functions.errors import KinpicsError

_NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"


class DemoPhotosError(KinpicsError):
    """The photos can't be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Package:
    """A distribution file on the package index: what to ask pip for, and its SHA-256."""

    requirement: str
    digest: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A photo in a package: where, its SHA-256, and who took it. ``package`` is a name in ``PACKAGES`` or ``NPM``."""

    package: str
    member: str
    digest: str
    credit: str


# Already in node_modules: the site takes a model from it.
NPM = "@vladmandic/face-api"
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


def _white_house(file: str, digest: str) -> Source:
    return Source("face_recognition", f"face_recognition-1.3.0/tests/test_images/{file}", digest, "Pete Souza")


def _skimage(file: str, digest: str, credit: str) -> Source:
    return Source("skimage", f"skimage/data/{file}", digest, credit)


def _mandic(number: int, digest: str) -> Source:
    return Source(NPM, f"demo/sample{number}.jpg", digest, "Vladimir Mandic")


SOURCES = {
    "obama": _white_house("obama.jpg", "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6"),
    "obama2": _white_house("obama2.jpg", "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6"),
    "obama3": _white_house("obama3.jpg", "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3"),
    "obama_half": _white_house(
        "obama_partial_face.jpg", "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117"
    ),
    "obama_close": _white_house(
        "obama_partial_face2.jpg", "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028"
    ),
    "biden": _white_house("biden.jpg", "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c"),
    "collins": _skimage("astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5", "NASA"),
    "hopper": Source(
        "matplotlib",
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        "U.S. Navy",
    ),
    "photographer": _skimage(
        "camera.png", "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a", "Lav Varshney"
    ),
    "cat": _skimage(
        "chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb", "Stefan van der Walt"
    ),
    "coffee": _skimage(
        "coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7", "Rachel Michetti"
    ),
    "rocket": _skimage("rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c", "SpaceX"),
    "hubble": _skimage(
        "hubble_deep_field.jpg", "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4", "NASA"
    ),
    "dressed_up": _mandic(1, "8ecae4b267b2d3169e06e00c7dee97097aa2a94635d45216f7732a5f4943cb51"),
    "sofa": _mandic(3, "8eb081c9efb14370fa94d9feab9e5fbeafd19a627491853a80c2bf67f7ffa936"),
    "stairs": _mandic(5, "6d45095ebb182d8f975c0790e0e4eefd86fbb40609cf4b271776d92e12662938"),
    "window": _mandic(6, "9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87"),
}


def fetch(names: Iterable[str], downloads: Path) -> dict[str, bytes]:
    """The checked files of these sources by name; packages go to ``downloads``. Raises ``DemoPhotosError``."""
    wanted = {name: SOURCES[name] for name in names}
    packages = {source.package for source in wanted.values()} - {NPM}
    archives = {name: _download(PACKAGES[name], downloads / name) for name in sorted(packages)}
    photos = {}
    for name, source in wanted.items():
        data = _installed(source) if source.package == NPM else _member(archives[source.package], source.member)
        if hashlib.sha256(data).hexdigest() != source.digest:
            raise DemoPhotosError(f"{source.member} of {source.package} is not the expected file")
        photos[name] = data
    return photos


def opened(data: bytes) -> Image.Image:
    """A photo in RGB."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def _download(package: Package, folder: Path) -> Path:
    folder.mkdir(parents=True)
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


def _installed(source: Source) -> bytes:
    path = _NODE_MODULES / source.package / source.member
    try:
        return path.read_bytes()
    except OSError as error:
        raise DemoPhotosError(f"can't read {path} ({error.strerror}); run `make setup`") from error
