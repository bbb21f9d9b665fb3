"""Whatever is let through to a decoder fits into the process function's memory: what decoding takes is measured."""

import ctypes
import gc
import io
import multiprocessing
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from functions.process import images
from functions.process.complexity import check_complexity
from functions.process.images import UnusableImageError, render
from scripts.common.template import load_template

ROOT = Path(__file__).parents[2]
# Far enough apart that what a decoder takes for itself, and not for each pixel, hardly counts.
SMALL, LARGE = (768, 576), (2304, 1728)
# Of mallopt(3): from how many bytes on a block has pages of its own.
_MMAP_THRESHOLD = -3


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# So encoding takes half the time, and decoding no less memory.
FAST_HEIC = {"preset": "ultrafast", "x265:sao": "1"}


def heic(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=30, enc_params={**FAST_HEIC}, **options)
    return out.getvalue()


def deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)


def deep_heic(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pixels = np.asarray(image).astype(np.uint16) * 257
    pillow_heif.from_bytes("RGB;16", image.size, pixels.tobytes()).save(
        out, quality=30, chroma=444, enc_params={**FAST_HEIC}
    )
    return out.getvalue()


# Of each format what takes most; the large areas of one colour encode fast.
KINDS: dict[str, tuple[str, Callable[[Image.Image], bytes]]] = {
    "JPEG, CMYK": ("CMYK", lambda image: encode(image, "JPEG")),
    "JPEG, progressive": ("RGB", lambda image: encode(image, "JPEG", subsampling=0, progressive=True)),
    "JPEG, progressive, CMYK": ("CMYK", lambda image: encode(image, "JPEG", progressive=True)),
    "PNG, transparent": ("RGBA", lambda image: encode(image, "PNG", compress_level=1)),
    "PNG, transparent palette": ("P", lambda image: encode(image, "PNG", compress_level=1, transparency=0)),
    "PNG, grey, transparent": ("LA", lambda image: encode(image, "PNG", compress_level=1)),
    "PNG, 16 bits": ("L", lambda image: encode(deep(image), "PNG", compress_level=1)),
    "GIF, animated": ("P", lambda image: encode(image, "GIF", save_all=True, append_images=[image.rotate(180)])),
    "TIFF, one strip": ("RGBA", lambda image: encode(image, "TIFF", compression="tiff_lzw", strip_size=1 << 31)),
    "TIFF, float": ("F", lambda image: encode(image, "TIFF", compression="tiff_lzw", strip_size=1 << 31)),
    "TIFF, CMYK": ("CMYK", lambda image: encode(image, "TIFF", compression="jpeg", strip_size=1 << 31)),
    "WebP, lossless": ("RGBA", lambda image: encode(image, "WEBP", method=0, lossless=True, quality=0)),
    "WebP, animated": ("RGBA", lambda image: encode(image, "WEBP", method=0, save_all=True, append_images=[image])),
    "HEIC, transparent": ("RGBA", heic),
    "HEIC, 10 bits": ("RGB", deep_heic),
    "HEIC, tiles": ("RGB", lambda image: heic(image, tile_size=256)),
    "AVIF, transparent": ("RGBA", lambda image: encode(image, "AVIF", speed=10, quality=40, subsampling="4:4:4")),
}


def picture(mode: str, size: tuple[int, int]) -> Image.Image:
    """Large areas of one colour, which encode fast, some of them clear where the mode can say so."""
    image = Image.linear_gradient("L").resize((4, 4)).resize(size, Image.Resampling.NEAREST)
    if mode in ("RGBA", "LA"):
        image = image.convert(mode)
        image.putalpha(image.getchannel(0))
    return image.convert(mode)


def status(field: str) -> int:
    """Bytes of a line of Linux's account of this process: proc(5)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024


def in_use() -> int:
    """Bytes that this process uses, once what is free is given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return status("VmRSS")


def peak(data: bytes) -> int:
    """The most bytes that this process uses while it renders."""
    in_use()
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    render(data)
    return status("VmHWM")


@pytest.fixture(scope="module")
def alone() -> Iterator[Executor]:
    """Runs each task in a process of its own: what the allocator keeps of one picture changes what the next takes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        yield pool


def measure(kind: str) -> tuple[float, int]:
    """Bytes a pixel that rendering takes, and how many pixels a picture of this kind may have.

    Measured with renditions and bands so small that they hardly count. As in a picture of the largest size, whose
    buffers have more than the 32 MB up to which glibc may keep a block, each buffer has pages of its own: what it keeps
    of smaller ones depends on how the heap happens to lie. Each picture is rendered three times, the small one first.
    """
    ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 64 * 1024)
    for name in ("FACE_SIDE", "LARGE_SIDE"):
        setattr(images, name, 500)
    images._BAND_PIXELS = 100_000
    mode, encoder = KINDS[kind]
    small, large = encoder(picture(mode, SMALL)), encoder(picture(mode, LARGE))
    render(small)  # loads what is kept
    more = LARGE[0] * LARGE[1] - SMALL[0] * SMALL[1]
    low, high = (statistics.median(peak(data) for _ in range(3)) for data in (small, large))
    measured = (high - low) / more
    with Image.open(io.BytesIO(large)) as image:
        most = images.max_pixels(images.bytes_a_pixel(image, check_complexity(large)), 0)
    return measured, most


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_picture_of_each_kind_fits_into_memory(kind: str, alone: Executor) -> None:
    measured, most = alone.submit(measure, kind).result()
    print(f"{kind}: {measured:.2f} bytes a pixel, at most {most / 1e6:.0f} megapixels")
    assert most >= 80e6
    assert images.BASE_BYTES + 1.25 * measured * most <= images.MEMORY_BYTES


# The first is as large as a JPEG may be that is decoded at full scale.
@pytest.mark.parametrize(("kind", "size"), [("JPEG, CMYK", (5900, 5900)), ("PNG, transparent", (4000, 4000))])
def test_renditions_and_bands_take_no_more_than_is_set_aside(kind: str, size: tuple[int, int]) -> None:
    mode, encoder = KINDS[kind]
    data = encoder(picture(mode, size))
    before = in_use()
    measured = peak(data) - before - (0 if mode == "CMYK" else 4 * size[0] * size[1])
    command = "import functions.process.handler, boto3; boto3.client('s3'); print(open('/proc/self/status').read())"
    told = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (libraries,) = (int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("VmHWM"))
    print(f"{kind}: {measured / 1e6:.0f} MB and {libraries / 1e6:.0f} MB")
    assert measured + libraries <= images.BASE_BYTES


def test_the_limits_are_of_the_memory_the_function_has() -> None:
    function = load_template()["Resources"]["ProcessFunction"]["Properties"]
    assert function["MemorySize"] * 1024 * 1024 == images.MEMORY_BYTES


def test_a_large_file_leaves_less_room_for_pixels() -> None:
    assert images.max_pixels(12, 0) > images.max_pixels(12, 300_000_000) > 60e6
    assert images.max_pixels(12, images.MAX_FILE_BYTES) == 0
    with pytest.raises(UnusableImageError) as caught:
        images.check_size(images.MAX_FILE_BYTES + 1)
    assert caught.value.code == "TooLarge"


def test_a_jpeg_that_is_collected_is_known_by_its_first_scan() -> None:
    image = picture("RGB", (64, 64))
    assert check_complexity(encode(image, "JPEG")).sample_bytes == 0
    progressive = encode(image, "JPEG", progressive=True)
    second = progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)
    assert check_complexity(progressive[:second]).sample_bytes > 0
    frame = progressive.index(b"\xff\xc2")
    in_three_scans = progressive[:frame] + b"\xff\xc0" + progressive[frame + 2 :]
    first = in_three_scans.index(b"\xff\xda")
    one_of_three = in_three_scans[: first + 4] + b"\x01" + in_three_scans[first + 5 :]
    assert check_complexity(one_of_three).sample_bytes > 0
