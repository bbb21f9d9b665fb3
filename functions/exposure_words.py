"""The camera, lens and exposure of a photo, as photographers write them.

site/js/viewer/facts.js says the same; tests/data/exposures.json checks that they agree.
"""

from collections.abc import Mapping
from typing import Any

# From this exposure time on, seconds are easier to read than a fraction of one.
_LONG_EXPOSURE = 0.3


def camera_words(exif: Mapping[str, Any]) -> str:
    """Its maker and model. Most makers write their name before the model's too; it is named once."""
    make, model = (str(exif.get(name) or "") for name in ("make", "model"))
    has_make = model.lower().startswith(make.lower().split(" ")[0])
    return model if has_make else f"{make} {model}".strip()


def lens_words(exif: Mapping[str, Any]) -> str:
    """Its name and its focal length, which most lenses already have in their names."""
    lens, length = str(exif.get("lens") or ""), _number(exif, "focal_length")
    is_told = f"{round(length or 0)}mm" in lens
    return _joined(lens, f"{_rounded(length)} mm" if length and not is_told else "")


def exposure_words(exif: Mapping[str, Any]) -> str:
    """How long, through how wide a lens, and at which sensitivity."""
    seconds, f_number, iso = (_number(exif, name) for name in ("exposure_time", "f_number", "iso"))
    return _joined(
        _time_words(seconds) if seconds else "",
        f"f/{_rounded(f_number)}" if f_number else "",
        f"ISO {round(iso)}" if iso else "",
    )


def _time_words(seconds: float) -> str:
    return f"{_rounded(seconds)} s" if seconds >= _LONG_EXPOSURE else f"1\u2044{round(1 / seconds)} s"


def _number(exif: Mapping[str, Any], name: str) -> float | None:
    value = exif.get(name)
    return value if isinstance(value, int | float) and value > 0 else None


def _rounded(value: float) -> str:
    return f"{round(value, 1):g}"


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))
