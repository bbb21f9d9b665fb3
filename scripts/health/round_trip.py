"""A test picture is sent through the whole site, and deleted again."""

import io
import secrets
import time
from collections.abc import Callable

from PIL import Image

from functions.keys import ImagePath
from scripts.common.bucket import list_objects
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack
from scripts.health.finding import Finding
from scripts.photos.delete_originals import delete_photos

_SECONDS = 120


def check_round_trip(stack: Stack) -> Finding:
    """Send a picture through the whole site, and delete it again."""
    path = ImagePath(f"kinpics-doctor-{secrets.token_hex(4)}", "test.png")
    started = time.monotonic()
    stack.s3.put_object(Bucket=stack.outputs.pics_bucket, Key=path.key, Body=_test_picture(), ContentType="image/png")
    try:
        arrived = _wait(lambda: stack.photos.get_photo(path) is not None)
        seconds = time.monotonic() - started
    finally:
        delete_photos(stack, [path], for_good=True)
        gone = _wait(lambda: not _traces(stack, path))
    if not arrived:
        advice = "run `kinpics dead-letters list`, and look at the process function's log group"
        return Finding("round trip", "wrong", f"a picture was not processed within {_SECONDS} s", advice)
    if not gone:
        return Finding("round trip", "wrong", f"part of {path} is still there", "run `kinpics reconcile`")
    return Finding("round trip", "ok", f"a picture was on the site after {seconds:.1f} s, and was deleted again")


def _test_picture() -> bytes:
    """A picture without faces."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def _traces(stack: Stack, path: ImagePath) -> bool:
    thumbnails = stack.outputs.thumbnails_bucket
    served = any(any(list_objects(stack.s3, thumbnails, key)) for key in path.served_keys)
    return served or stack.photos.get_photo(path) is not None or stack.photos.get_set(path.set_name) is not None


def _wait(is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _SECONDS
    pauses = growing_pauses(0.5)
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(next(pauses))
    return True
