"""dlib's frontal face detector, saved on disk: dlib needs half a second to unpack its own, and no time to read this.

It lies beside Python's own compiled modules, for this version of dlib. If it can't be written or read, dlib's own is
unpacked again.
"""

import contextlib
import importlib.util
import os
from pathlib import Path
from typing import Any

import dlib

_KEPT = Path(importlib.util.cache_from_source(__file__)).with_name(f"detector.dlib-{dlib.__version__}.svm")


def load_detector(kept: Path = _KEPT) -> Any:
    """The detector, read from ``kept`` if it is there."""
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
