"""What a file is by its first bytes, whatever its name says."""

HEAD_BYTES = 64
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# https://nokiatech.github.io/heif/technical.html and https://aomediacodec.github.io/av1-avif/
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

# https://developer.apple.com/documentation/quicktime-file-format/: cameras of before 2005 write no `ftyp`.
_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_EBML, _WEBM = b"\x1a\x45\xdf\xa3", b"webm"

JPEG, TIFF = "image/jpeg", "image/tiff"
PHOTO_TYPES = {
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".png": "image/png",
    ".gif": "image/gif",
    ".tif": TIFF,
    ".tiff": TIFF,
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".heif": "image/heif",
}
MEDIA_TYPES = frozenset(PHOTO_TYPES.values())
# What not every browser can show.
SELDOM_SHOWN = frozenset({TIFF, "image/heic", "image/heif"})
MP4, QUICKTIME, WEBM = "video/mp4", "video/quicktime", "video/webm"
FILM_TYPES = {".mp4": MP4, ".m4v": MP4, ".mov": QUICKTIME, ".webm": WEBM}


def is_film(file: str) -> bool:
    """Whether a file of this name is a film: which function works on it, its name alone decides."""
    return file.lower().endswith(tuple(FILM_TYPES))


def named_as_photo(file: str, kind: str) -> str:
    """A photo's name with an ending that says so, by its media type if the name has none.

    Phones give some photos no ending, and whoever downloads `photo.exe` may open it as a program.
    """
    if file.lower().endswith(tuple(PHOTO_TYPES)):
        return file
    return file + next((ending for ending, known in PHOTO_TYPES.items() if known == kind), ".jpg")


def media_type(head: bytes) -> str | None:
    """The media type of a picture or a film by its first `HEAD_BYTES` bytes; None for what kinpics can't read."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(_TIFF):
        return TIFF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), len(head), HEAD_BYTES)
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
        if brands & _AVIF_BRANDS:
            return "image/avif"
        if brands & _HEIC_BRANDS:
            return "image/heic"
        return QUICKTIME if head[8:12] == b"qt  " else MP4
    if head[4:8] in _QUICKTIME_ATOMS:
        return QUICKTIME
    return WEBM if head.startswith(_EBML) and _WEBM in head else None
