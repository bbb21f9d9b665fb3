"""A film on disk: what it is, and what is made of it, each by one call of ffmpeg."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from functions.films import ffmpeg_calls, moments
from functions.films.ffmpeg import FfmpegError, UnusableFilmError, report_on, run
from functions.films.ffmpeg_calls import Source
from functions.films.film_facts import FilmFacts, read_facts
from functions.media_types import MP4

_REPORT_SECONDS, _PICTURE_SECONDS = 60.0, 60.0
# A film of 8K has 33; a file of a few bytes can claim as many as it likes, and its decoder takes memory for them.
MAX_FRAME_PIXELS = 40_000_000
MAX_SECONDS = 24 * 3600
# Of the function's time, what is kept after a photo's film is cut.
_RESERVED_SECONDS = 30.0
_NO_INDEX, _IS_READ, _STREAM = "moov atom not found", "Input #0", "  Stream #0:"


@dataclass(frozen=True)
class Film:
    """A film that can be read. ``seconds_left`` is how long the function may still run."""

    source: Source
    facts: FilmFacts
    seconds_left: Callable[[], float]

    @classmethod
    def open(cls, source: Source, seconds_left: Callable[[], float]) -> "Film":
        """Raises ``UnusableFilmError`` for a file that isn't a film or can't be read."""
        text = report_on(ffmpeg_calls.report(source), min(_REPORT_SECONDS, seconds_left()))
        facts = read_facts(text)
        if facts is None:
            if _NO_INDEX in text:
                raise UnusableFilmError(
                    "the film's index is missing, as when recording or copying was cut off: upload a whole copy of it",
                    code="DamagedFilm",
                )
            if _IS_READ in text and _STREAM not in text:
                raise UnusableFilmError("the film's index is damaged: upload a whole copy of it", code="DamagedFilm")
            if _IS_READ in text:
                raise UnusableFilmError("the file has no moving pictures in it", code="NotAFilm")
            raise UnusableFilmError("the file is not a film that kinpics can read (MP4, MOV, WebM)", code="NotAFilm")
        if facts.width * facts.height > MAX_FRAME_PIXELS:
            raise UnusableFilmError(
                f"the film has pictures of {facts.width}x{facts.height}; at most {MAX_FRAME_PIXELS // 1_000_000} "
                "megapixels fit",
                code="TooManyPixels",
            )
        return cls(source, facts, seconds_left)

    def make_rendition(self, target: Path, seconds: float) -> list[float] | None:
        """Returns what `choose_moments` does, of the same decoding; None if the film doesn't say how long it is.

        Raises ``FfmpegError``, or ``OutOfTimeError`` after so many ``seconds``.
        """
        rate = moments.rate_for(self.facts.seconds) if self.facts.seconds else None
        pixels = run(ffmpeg_calls.rendition(self.source, self.facts, str(target), rate), seconds)
        return _chosen(pixels, rate) if rate else None

    def make_bare_copy(self, target: Path) -> None:
        """Raises ``FfmpegError`` or ``OutOfTimeError``."""
        run(ffmpeg_calls.bare_copy(self.source, self.facts, str(target)), self.seconds_left())

    def picture_at(self, second: float) -> bytes | None:
        """A JPEG; None if there is no picture then, or a damaged one."""
        try:
            arguments = ffmpeg_calls.picture_at(self.source, self.facts, second)
            return run(arguments, min(_PICTURE_SECONDS, self.seconds_left())) or None
        except FfmpegError:
            return None

    def choose_moments(self) -> list[float]:
        """The seconds of the pictures that differ most."""
        rate = moments.rate_for(self.facts.seconds)
        pixels = run(ffmpeg_calls.small_pictures(self.source, self.facts, rate), self.seconds_left())
        return _chosen(pixels, rate)


def _chosen(pixels: bytes, rate: float) -> list[float]:
    size = ffmpeg_calls.SMALL_WIDTH * ffmpeg_calls.SMALL_HEIGHT
    return [place / rate for place in moments.choose_pictures(moments.split(pixels, size))]


def make_short_rendition(film: Film, target: Path) -> float:
    """Make the rendition of a photo's film; returns how many seconds it lasts. Raises as `Film.make_rendition`."""
    film.make_rendition(target, film.seconds_left() - _RESERVED_SECONDS)
    made = Film.open(Source(str(target), MP4), film.seconds_left)
    return round(made.facts.seconds or 0.0, 2)
