"""The pictures of requests: their bytes, and what the engine finds in them when their turn comes."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

from local.rekognition import exceptions
from local.rekognition.engine import Analysis, Engine, ImageFormatError

# https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
_MAX_BYTES = 5 * 1024 * 1024
_MAX_OBJECT_BYTES = 15 * 1024 * 1024
_MIN_SIDE = 80
# Calls with a picture that may wait for a worker. More are told to try again, because each holds its picture in memory.
_MAX_WAITING = 64

# Reads an object with the rights of the caller: (bucket, key) -> bytes. Raises a RekognitionError.
ObjectReader = Callable[[str, str], Awaitable[bytes]]


class Pictures:
    """Reads pictures, from requests or from S3, no faster than the engine works on them."""

    def __init__(self, engine: Engine, read_object: ObjectReader):
        self._engine = engine
        self._read_object = read_object
        # Each busy worker has one more picture on its way, so that none is ever idle; the rest is not read yet.
        self._slots = asyncio.Semaphore(2 * engine.workers)
        self._waiting = 0

    async def read(self, request: dict[str, Any], name: str = "Image") -> tuple[bytes, Analysis]:
        """The bytes of an ``Image`` of the request, and what the engine finds in it when its turn comes."""
        if self._waiting >= _MAX_WAITING:
            raise exceptions.ThrottlingException("too many pictures at once: slow down")
        self._waiting += 1
        try:
            async with self._slots:
                image = await self._image(request, name)
                return image, await self._analyse(image)
        finally:
            self._waiting -= 1

    async def _image(self, request: dict[str, Any], name: str) -> bytes:
        image = request[name]
        if ("Bytes" in image) == ("S3Object" in image):
            raise exceptions.InvalidParameterException(f"{name} needs either Bytes or S3Object")
        if "Bytes" in image:
            try:
                data = base64.b64decode(image["Bytes"], validate=True)
            except (binascii.Error, ValueError):
                raise exceptions.InvalidParameterException(f"{name}.Bytes is not valid base64") from None
            if len(data) > _MAX_BYTES:
                raise exceptions.ImageTooLargeException(f"{name}.Bytes is larger than 5 MB")
            return data
        place = image["S3Object"]
        if not place.get("Bucket") or not place.get("Name"):
            raise exceptions.InvalidParameterException(f"{name}.S3Object needs Bucket and Name")
        if "Version" in place:
            raise exceptions.InvalidParameterException(f"{name}.S3Object.Version is not supported by this stack")
        data = await self._read_object(place["Bucket"], place["Name"])
        if len(data) > _MAX_OBJECT_BYTES:
            raise exceptions.ImageTooLargeException("the S3 object is larger than 15 MB")
        return data

    async def _analyse(self, image: bytes) -> Analysis:
        try:
            analysis = await asyncio.wrap_future(self._engine.submit(image))
        except ImageFormatError:
            raise exceptions.InvalidImageFormatException("Request has invalid image format") from None
        if min(analysis.width, analysis.height) < _MIN_SIDE:
            raise exceptions.InvalidParameterException(f"the image must be at least {_MIN_SIDE} pixels a side")
        return analysis
