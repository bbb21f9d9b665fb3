"""dlib's frontal face detector, kept on disk as dlib saves it: dlib unpacks its own in half a second, this in no time.

It is kept beside Python's own compiled modules, for this version of dlib; whatever keeps it from being written or read,
dlib's own is unpacked again.
"""

import contextlib
import importlib.util
import os
from pathlib import Path
from typing import Any

import dlib

_KEPT = Path(importlib.util.cache_from_source(__file__)).with_name(f"detector.dlib-{dlib.__version__}.svm")


def load_detector(kept: Path = _KEPT) -> Any:
    """The detector, read from ``kept`` where it was kept there before."""
    with contextlib.suppress(RuntimeError):
        return dlib.fhog_object_detector(str(kept))
    detector = dlib.get_frontal_face_detector()
    # Whole or not at all, and several workers may start at the same time.
    partial = kept.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError, RuntimeError):
        kept.parent.mkdir(exist_ok=True)
        detector.save(str(partial))
        partial.replace(kept)
    return detector
