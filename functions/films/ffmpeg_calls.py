"""The arguments of each call of ffmpeg: pure functions of what a film is.

Nothing but the file itself may be read: a film can't name other files or addresses, because its format is given, and
`file` is the only protocol (`https` for a film that doesn't fit on the disk).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from functions.films.film_facts import FilmFacts
from functions.media_types import MP4, QUICKTIME, WEBM
from functions.thumbnail_sizes import fitted

# The rendition: what any browser plays, over a slow connection as well.
FILM_SIDE = 1280
MAX_RATE = 30
_QUALITY, _MAX_BITS, _BUFFER_BITS, _SOUND_BITS = "25", "2500k", "5000k", "128k"
_PRESET = "veryfast"
# A film can be moved to each picture that stands alone.
SECONDS_BETWEEN_KEYS = 2
# Faces are looked for in pictures of this size: Rekognition finds those of 40 pixels and more.
FRAME_SIDE = 1920
# Small pictures to compare: https://ffmpeg.org/ffmpeg-filters.html#scale
SMALL_WIDTH, SMALL_HEIGHT = 32, 18

_FORMATS = {MP4: "mov", QUICKTIME: "mov", WEBM: "matroska"}
_MUXERS = {MP4: "mp4", QUICKTIME: "mov", WEBM: "webm"}
# From more light than a screen has to what it has; on few pixels, because it takes long.
_DARKENED = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
    "format=yuv420p"
)
# Leaves out what belongs to the film as a whole and to its streams: its place, time, author and camera.
_NO_METADATA = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
# Notes that cameras leave between the pictures, a position among them: https://ffmpeg.org/ffmpeg-bitstream-filters.html
_NO_NOTES = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39-40"}


@dataclass(frozen=True)
class Source:
    """A film to read: a path, or an address, and its media type."""

    place: str
    media_type: str

    @cached_property
    def arguments(self) -> list[str]:
        protocols = "https,http,tls,tcp" if self.place.startswith("http") else "file"
        return ["-protocol_whitelist", protocols, "-f", _FORMATS[self.media_type], "-i", self.place]


def report(source: Source) -> list[str]:
    """What ffmpeg says about a film; it ends with an error, because it is told to make nothing of it."""
    return ["-hide_banner", *source.arguments]


def rendition(source: Source, facts: FilmFacts, target: str, looks: float | None = None) -> list[str]:
    """An H.264 film that any browser plays: it starts before all of it is there, and has no metadata.

    With ``looks``, also so many `small_pictures` a second, so that the film is decoded only once.
    """
    width, height = even(*fitted(facts.width, facts.height, FILM_SIDE))
    rate = min(MAX_RATE, facts.rate or MAX_RATE)
    filters = [f"fps={rate:g}", *_shown(facts, width, height), "setsar=1", "format=yuv420p"]
    return [
        *source.arguments,
        *("-map", f"0:{facts.stream}", "-map", "0:a:0?", "-sn", "-dn", *_NO_METADATA, "-vf", ",".join(filters)),
        *("-c:v", "libx264", "-preset", _PRESET, "-profile:v", "high", "-crf", _QUALITY),
        *("-maxrate", _MAX_BITS, "-bufsize", _BUFFER_BITS, "-g", str(round(rate * SECONDS_BETWEEN_KEYS) or 1)),
        *("-c:a", "aac", "-b:a", _SOUND_BITS, "-ac", "2", "-ar", "48000"),
        *("-movflags", "+faststart", "-f", "mp4", target),
        *(_small(facts, looks) if looks else ()),
    ]


def bare_copy(source: Source, facts: FilmFacts, target: str) -> list[str]:
    """The film's own pictures and sound, unchanged, without anything else."""
    notes = _NO_NOTES.get(facts.codec)
    return [
        *source.arguments,
        *("-map", f"0:{facts.stream}", "-map", "0:a?", "-sn", "-dn", *_NO_METADATA, "-c", "copy"),
        *(("-bsf:v", notes) if notes else ()),
        *(("-tag:v", "hvc1") if facts.codec == "hevc" else ()),
        *(("-movflags", "+faststart") if source.media_type != WEBM else ()),
        *("-f", _MUXERS[source.media_type], target),
    ]


def picture_at(source: Source, facts: FilmFacts, second: float) -> list[str]:
    """One picture, as a JPEG on standard output; nothing if the film ends before."""
    width, height = fitted(facts.width, facts.height, FRAME_SIDE)
    filters = [*_shown(facts, width, height), "setsar=1"]
    return [
        *("-ss", f"{second:.3f}", *source.arguments, "-map", f"0:{facts.stream}", "-frames:v", "1"),
        *("-vf", ",".join(filters), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-bitexact"),
        *("-f", "image2pipe", "-"),
    ]


def small_pictures(source: Source, facts: FilmFacts, rate: float) -> list[str]:
    """Grey pictures of `SMALL_WIDTH` x `SMALL_HEIGHT`, ``rate`` a second, one byte a pixel, on standard output."""
    return [*source.arguments, *_small(facts, rate)]


def _small(facts: FilmFacts, rate: float) -> list[str]:
    filters = f"fps={rate:g}:round=down,scale={SMALL_WIDTH}:{SMALL_HEIGHT}:flags=area,format=gray"
    return ["-map", f"0:{facts.stream}", "-vf", filters, "-f", "rawvideo", "-"]


def even(width: int, height: int) -> tuple[int, int]:
    """Sides that H.264's colours can have, not larger than these, unless they are 1."""
    return max(2, width // 2 * 2), max(2, height // 2 * 2)


def _shown(facts: FilmFacts, width: int, height: int) -> Sequence[str]:
    return [f"scale={width}:{height}", *((_DARKENED,) if facts.is_bright else ())]
