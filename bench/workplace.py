"""What benchmarks work with: generated photos, the peers' environments, a stack of their own; all in bench/.work."""

import contextlib
import hashlib
import io
import os
import platform
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
WORK = ROOT / "bench" / ".work"
SIZE_12_MP = (4000, 3000)
SIZE_2_MP = (1600, 1200)


def machine() -> str:
    """One line on what this runs on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def make_photo(seed: int, size: tuple[int, int] = SIZE_12_MP) -> bytes:
    """A JPEG with detail at every scale, as much as makes thumbnails as heavy as those of real photos.

    400 pixels as WebP of quality 70: 8 to 18 kB for portraits and groups, about 15 kB for these.
    """
    random = np.random.default_rng(seed)
    width, height = size if seed % 4 else size[::-1]
    picture = np.zeros((height, width, 3), dtype=np.float32)
    for cells, weight in ((4, 80), (16, 50), (64, 34), (256, 15), (1024, 5)):
        layer = (random.random((cells * 3 // 4 + 1, cells, 3)) * 255).astype(np.uint8)
        smooth = Image.fromarray(layer).resize((width, height), Image.Resampling.BICUBIC)
        picture += (np.asarray(smooth, dtype=np.float32) - 127) * (weight / 127)
    picture += random.normal(0, 2, (height, width, 1)).astype(np.float32)
    pixels = np.clip(picture + 120, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


def photos(count: int, size: tuple[int, int] = SIZE_12_MP) -> Path:
    """A folder of generated photos of this size, made once."""
    width, height = size
    folder = WORK / f"photos-{count}-{width}x{height}"
    missing = [number for number in range(count) if not (folder / f"{number:04}.jpg").exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if missing:
        print(f"generating {len(missing)} photos of {width * height / 1e6:.0f} megapixels ...", file=sys.stderr)
        with ProcessPoolExecutor() as pool:
            for number, data in zip(missing, pool.map(partial(make_photo, size=size), missing), strict=True):
                (folder / f"{number:04}.jpg").write_bytes(data)
    return folder


def sigal() -> Path:
    """The command `sigal`, in an environment of its own."""
    folder = WORK / "venv-sigal"
    command = folder / "bin" / "sigal"
    if not command.exists():
        venv.create(folder, with_pip=True)
        requirements = ROOT / "bench" / "requirements.txt"
        pip = [folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", requirements]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return command


def node_command(name: str) -> Path:
    """A command of the npm packages that bench/package-lock.json pins; an optional one may be missing."""
    lock = (ROOT / "bench" / "package-lock.json").read_bytes()
    folder = WORK / f"node-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.exists():
        fresh = folder.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copyfile(ROOT / "bench" / file, fresh / file)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=fresh, check=True)  # noqa: S607
        fresh.rename(folder)
    return folder / "node_modules" / ".bin" / name


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def faces_folder() -> Path:
    """A folder with photos that have faces."""
    return sample_folders()[0]


def sample_folders() -> list[Path]:
    """The sets of photos that the tests use."""
    sys.path.insert(0, str(ROOT / "tests"))
    from sample_photos import prepare

    return prepare()


@contextlib.contextmanager
def stack(name: str, options: tuple[str, ...] = ()) -> Iterator["RunningStack"]:  # noqa: F821 - the tests' own helper
    """A laptop stack on a fresh folder."""
    sys.path.insert(0, str(ROOT / "tests"))
    from running import start_stack

    WORK.mkdir(exist_ok=True)
    shutil.rmtree(WORK / name, ignore_errors=True)
    running = start_stack(WORK / name, options=options)
    try:
        yield running
    finally:
        running.stop()
