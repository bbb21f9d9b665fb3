"""Which faces a page finds by itself, before a selfie is sent: as they are, turned, and behind dark glasses.

It is the page's own detector, in Chromium, on the photographs for evaluation; beside it stands what the laptop's engine
finds. Glasses are drawn, from where the engine finds the eyes.
"""

import base64
import math
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from bench import accuracy, workplace
from bench.browser import chromium
from local.rekognition.engine import Analysis, analyse, load_models

SELFIES = 50
TURNS = (15, 30, 40)
# Of a pair of glasses: the radius of a glass and the width of its frame, as shares of the distance between the eyes.
_GLASS, _FRAME = 0.4, 0.12
_DARK = (18, 18, 22)
# A box is a face's if the middle of one is so near to the middle of the other, as a share of the face's width.
_REACH = 0.5
_FIND = """
async (jpeg) => {
    const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    return (await detector.findFaces(picture)).map((box) => [box.Left + box.Width / 2, box.Top + box.Height / 2]);
}
"""

Place = tuple[float, float]


@dataclass(frozen=True)
class Shown:
    """A picture, and the faces in it: middle and width, in pixels."""

    picture: Image.Image
    faces: list[tuple[Place, float]]

    def turned(self, degrees: float) -> "Shown":
        """The same, turned clockwise."""
        picture = self.picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        turn = complex(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
        old, new = (complex(one.width, one.height) / 2 for one in (self.picture, picture))
        places = [((complex(*place) - old) * turn + new, width) for place, width in self.faces]
        return Shown(picture, [((place.real, place.imag), width) for place, width in places])

    def count(self, found: list[Place]) -> tuple[int, int]:
        """How many of the faces are among those found, in fractions of the picture; and how many others are."""
        left = [(x * self.picture.width, y * self.picture.height) for x, y in found]
        hits = 0
        for place, width in self.faces:
            nearest = min(left, key=lambda other: math.dist(place, other), default=None)
            if nearest and math.dist(place, nearest) <= width * _REACH:
                left.remove(nearest)
                hits += 1
        return hits, len(left)


def run() -> list[str]:
    """Lines of the report, as Markdown."""
    if not accuracy.PHOTOS.is_dir():
        return [f"selfies: skipped, for there are no photographs for evaluation at {accuracy.PHOTOS}"]
    load_models()
    portraits, groups = _portraits(), _groups()
    lines = [
        f"{len(portraits)} photos of LFW, one of each person, and {len(groups)} group photos; faces found, and others:",
        "",
        "| faces | a page, portraits | the engine, portraits | a page, groups | the engine, groups |",
        "|---|---|---|---|---|",
    ]
    with chromium() as browser:
        page = browser.new_page()
        page.add_script_tag(content=_detector())
        for title, change in _changes().items():
            cells = []
            for pictures in (portraits, groups):
                changed = [change(shown, analysis) for shown, analysis in pictures]
                cells += [_row(changed, find) for find in (lambda shown: _in_page(page, shown), _by_engine)]
            lines.append(f"| {title} | {' | '.join(cells)} |")
    return lines


def _changes() -> dict[str, Callable[[Shown, Analysis], Shown]]:
    return {
        "as they are": lambda shown, _: shown,
        **{f"turned by {degrees}°": lambda shown, _, by=degrees: shown.turned(by) for degrees in TURNS},
        "behind dark glasses": _with_glasses,
        f"… and turned by {TURNS[1]}°": lambda shown, analysis: _with_glasses(shown, analysis).turned(TURNS[1]),
    }


def _row(pictures: list[Shown], find: Callable[[Shown], list[Place]]) -> str:
    counts = [shown.count(find(shown)) for shown in pictures]
    hits, others = (sum(column) for column in zip(*counts, strict=True))
    return f"{hits} of {sum(len(shown.faces) for shown in pictures)}, {others} others"


def _portraits() -> list[tuple[Shown, Analysis]]:
    """Photos of LFW whose one face the engine finds; smaller faces in the background aren't looked for."""
    found = []
    for path in accuracy.lfw_photos(2 * SELFIES):
        picture = Image.open(path).convert("RGB")
        analysis = analyse(accuracy.jpeg(picture))
        if len(analysis.faces) == 1:
            middle = picture.width / 2, picture.height / 2
            found.append((Shown(picture, [(middle, accuracy.LFW_FACE)]), analysis))
    return found[:SELFIES]


def _groups() -> list[tuple[Shown, Analysis]]:
    found = []
    for path, boxes in accuracy.annotated().items():
        picture = Image.open(path).convert("RGB")
        faces = [((left + width / 2, top + height / 2), width) for left, top, width, height in boxes]
        found.append((Shown(picture, faces), analyse(accuracy.jpeg(picture))))
    return found


def _with_glasses(shown: Shown, analysis: Analysis) -> Shown:
    """Everybody the engine has found wears dark glasses."""
    picture = shown.picture.copy()
    draw = ImageDraw.Draw(picture)
    for face in analysis.faces:
        left, right = (
            complex(x * picture.width, y * picture.height)
            for x, y in (face.landmarks["eyeLeft"], face.landmarks["eyeRight"])
        )
        across = right - left
        ends = [left - across * 0.8, right + across * 0.8]
        width = max(1, round(abs(across) * _FRAME))
        draw.line([(end.real, end.imag) for end in ends], fill=_DARK, width=width)
        for eye in (left, right):
            draw.circle((eye.real, eye.imag), abs(across) * _GLASS, fill=_DARK)
    return Shown(picture, shown.faces)


def _in_page(page: Page, shown: Shown) -> list[Place]:
    found: list[Place] = page.evaluate(_FIND, base64.b64encode(accuracy.jpeg(shown.picture)).decode())
    return found


def _by_engine(shown: Shown) -> list[Place]:
    faces = analyse(accuracy.jpeg(shown.picture)).faces
    return [(face.left + face.width / 2, face.top + face.height / 2) for face in faces]


def _detector() -> str:
    """The page's detector with its weights, as a script that defines `detector`."""
    esbuild = workplace.ROOT / "node_modules" / ".bin" / "esbuild"
    command = [esbuild, "site/js/picture/detector.js", "--bundle", "--format=iife", "--global-name=detector"]
    command += ["--loader:.bin=dataurl", "--log-level=error"]
    return subprocess.run(command, cwd=workplace.ROOT, check=True, capture_output=True, text=True).stdout
