"""From the upload command to searchable: 100 photos with faces, against the bare computing they need."""

import json
import shutil
import time
from pathlib import Path

from bench import workplace
from functions.process.images import render
from local.rekognition.engine import analyse

COUNT = 100


def folder_of_faces() -> Path:
    """100 photos of people: the tests', each many times at other sizes so that no two files are the same."""
    from PIL import Image, ImageOps

    folder = workplace.WORK / "faces"
    if len(list(folder.glob("*.jpg"))) != COUNT:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        sources = [path for one in workplace.sample_folders() for path in one.iterdir()]
        portraits = [path for path in sorted(sources) if path.stem in ("obama", "obama2", "biden", "collins", "hopper")]
        for number in range(COUNT):
            image = ImageOps.exif_transpose(Image.open(portraits[number % len(portraits)])).convert("RGB")
            width = 1600 + number
            image.resize((width, round(image.height * width / image.width))).save(
                folder / f"{number:03}.jpg", quality=90
            )
    return folder


def run() -> list[str]:
    """Lines of the report."""
    folder = folder_of_faces()
    photos = [path.read_bytes() for path in sorted(folder.iterdir())][:20]
    analyse(photos[0])
    start = time.perf_counter()
    for photo in photos:
        render(photo)
        analyse(photo)
    computing = (time.perf_counter() - start) / len(photos) * COUNT
    with workplace.stack("upload-stack") as stack:
        start = time.perf_counter()
        report = json.loads(stack.kinpics("upload", str(folder), "--json").stdout)["sets"][0]
        seconds = time.perf_counter() - start
    assert report["processed"] == COUNT, report
    return [
        f"upload to searchable, {COUNT} photos of about 3 MP with {report['faces']} faces:",
        f"  kinpics upload   {seconds:6.1f} s, {COUNT / seconds:.1f} photos/s, the site rebuilt",
        f"  computing alone  {computing:6.1f} s on one core (renditions, faces, descriptors)"
        f"   -> kinpics takes {seconds / computing:.2f}x",
    ]
