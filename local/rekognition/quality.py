"""QualityFilter: which faces are too poor to index, search or compare.

Rekognition does not publish its limits; these are ours. LOW, which is what AUTO means here, keeps every annotated face
of the photographs for evaluation, and drops those in the background that are like anybody's. The others drop faces that
recognition failed on more often.
"""

from dataclasses import dataclass

from local.rekognition.engine import Analysis, FoundFace


@dataclass(frozen=True)
class Bar:
    """Minimum detector score (0 to 1), brightness and sharpness (0 to 100), and width in pixels of the picture."""

    score: float
    brightness: float
    sharpness: float
    width: float


_LOW = Bar(score=0.7, brightness=5.0, sharpness=30.0, width=28.0)
_BARS = {
    "AUTO": _LOW,
    "LOW": _LOW,
    "MEDIUM": Bar(score=0.8, brightness=15.0, sharpness=35.0, width=48.0),
    "HIGH": Bar(score=0.85, brightness=25.0, sharpness=45.0, width=80.0),
}


def split(analysis: Analysis, quality_filter: str) -> tuple[list[FoundFace], list[tuple[FoundFace, list[str]]]]:
    """Faces that pass, largest first, and those that don't, with the reasons."""
    judged = [(face, _reasons(face, analysis, quality_filter)) for face in analysis.faces]
    return [face for face, reasons in judged if not reasons], [(face, reasons) for face, reasons in judged if reasons]


def _reasons(face: FoundFace, analysis: Analysis, quality_filter: str) -> list[str]:
    """Why a face does not pass, in Rekognition's words; empty for one that does, and for the filter NONE."""
    bar = _BARS.get(quality_filter)
    if bar is None:
        return []
    found = {
        "LOW_CONFIDENCE": face.score < bar.score,
        "LOW_BRIGHTNESS": face.brightness < bar.brightness,
        "LOW_SHARPNESS": face.sharpness < bar.sharpness,
        "SMALL_BOUNDING_BOX": face.width * analysis.width < bar.width,
    }
    return [reason for reason, is_so in found.items() if is_so]
