"""Motion photos: what plays of the film behind a photo, beside all that the process function has made of the photo.

The process function hands a photo on once its row is there. If the original has changed since, it comes again, so
nothing is done now. A film that can't be read is no reason to refuse the photo.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from functions.dates import timestamp
from functions.films.cutting import Film, make_short_rendition
from functions.films.ffmpeg import FfmpegError, OutOfTimeError, UnusableFilmError
from functions.films.film_files import FilmFiles
from functions.keys import ImagePath
from functions.photo_writer import PhotoWriter

logger = Logger(child=True)


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
                seconds = make_short_rendition(film, folder / "rendition.mp4")
            except (UnusableFilmError, FfmpegError, OutOfTimeError) as error:
                logger.warning("the photo has no film", extra={"key": path.key, "reason": str(error)})
                return
            self.films.put_rendition(path, folder / "rendition.mp4", original.etag)
        about = {"seconds": seconds, "codec": film.facts.codec, "sound": film.facts.has_sound, "motion": True}
        self.writer.put_film(path, row.etag, about, timestamp())
