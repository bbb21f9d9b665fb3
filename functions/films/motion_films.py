"""Motion photos: what plays of the film behind a photo, beside all that the process function has made of the photo.

The process function hands a photo on once its row is there. If the original has changed since, it comes again, so
nothing is done now. A film that can't be read is no reason to refuse the photo.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aws_lambda_powertools import Logger

from functions.dates import timestamp
from functions.films.cutting import Film
from functions.films.ffmpeg import FfmpegError, OutOfTimeError, UnusableFilmError
from functions.films.ffmpeg_calls import Source
from functions.films.film_files import FilmFiles
from functions.keys import ImagePath
from functions.media_types import MP4
from functions.photo_rows import grid_key
from functions.photo_writer import PhotoWriter

logger = Logger(child=True)
_RESERVED_SECONDS = 30.0


@dataclass(frozen=True)
class MotionFilms:
    """Cuts the films behind photos. ``count`` counts one that is about to be cut; it raises ``CeilingReachedError``."""

    films: FilmFiles
    writer: PhotoWriter
    count: Callable[[], None]
    seconds_left: Callable[[], float]

    def sync(self, bucket: str, path: ImagePath) -> None:
        """Make what plays of a photo, and say so in its row. Raises whatever AWS raises: to be tried again."""
        row = self.writer.photos.get_photo(path)
        if row is None or row.etag is None or (row.film and self.films.objects.is_of(path.film_key, row.etag)):
            return
        with self.films.fetch_motion(bucket, path) as fetched:
            if fetched is None or fetched[0].etag != row.etag:
                return
            original, folder = fetched
            try:
                film = Film.open(original.source, self.seconds_left)
                self.count()
                seconds = self._make(film, folder / "rendition.mp4")
            except (UnusableFilmError, FfmpegError, OutOfTimeError) as error:
                logger.warning("the photo has no film", extra={"key": path.key, "reason": str(error)})
                return
            self.films.put_rendition(path, folder / "rendition.mp4", original.etag)
        about = {"seconds": seconds, "codec": film.facts.codec, "sound": film.facts.has_sound, "motion": True}
        key = grid_key(row.taken_at, path.file, seconds)
        self.writer.put_photo(path, replace(row, film=about, grid_key=key), timestamp())

    def _make(self, film: Film, target: Path) -> float:
        """Make the rendition; returns how many seconds it lasts."""
        film.make_rendition(target, self.seconds_left() - _RESERVED_SECONDS)
        made = Film.open(Source(str(target), MP4), self.seconds_left)
        return round(made.facts.seconds or 0.0, 2)
