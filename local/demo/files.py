"""A photo of the demo as a file: with its title, caption, date and credit in it, and the camera that took it."""

import io
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pillow_heif
from PIL import ExifTags, Image

from local.demo.packages import SOURCES
from local.demo.sets import Photo

_BASE = ExifTags.Base
_CAMERA = (_BASE.Make, _BASE.Model)
_EXPOSURE = (_BASE.LensModel, _BASE.FNumber, _BASE.ExposureTime, _BASE.ISOSpeedRatings, _BASE.FocalLength)
_ON_ITS_SIDE = 6
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">\
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>\
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{caption}</rdf:li></rdf:Alt></dc:description>\
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def write(photo: Photo, picture: Image.Image, source: bytes | None, path: Path) -> None:
    """Write a photo, as a HEIC or a JPEG depending on its name; ``source`` is the file it is cropped from."""
    exif = _exif(photo, source)
    if photo.turned:
        # Stored sideways, as a camera held upright does.
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[_BASE.Orientation] = _ON_ITS_SIDE
    xmp = _XMP.format(title=escape(photo.title), caption=escape(photo.caption)).encode()
    if path.suffix == ".heic":
        pillow_heif.from_pillow(picture).save(path, quality=80, exif=exif.tobytes(), xmp=xmp)
    else:
        picture.save(path, quality=88, exif=exif, xmp=xmp)


def _exif(photo: Photo, source: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[_BASE.DateTimeOriginal] = datetime.fromisoformat(photo.taken).strftime("%Y:%m:%d %H:%M:%S")
    if source and photo.source:
        exif[_BASE.Artist] = SOURCES[photo.source].credit
        with Image.open(io.BytesIO(source)) as original:
            known = original.getexif()
        # Nothing else from the original: some files hold a location or a serial number.
        exif.update({tag: known[tag] for tag in _CAMERA if tag in known})
        taken = known.get_ifd(ExifTags.IFD.Exif)
        details.update({tag: taken[tag] for tag in _EXPOSURE if tag in taken})
    return exif
