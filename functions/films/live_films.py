"""The films of Live Photos: what plays of each is kept with its photo (`functions/live_photos.py`).

Photo and film come in any order, and either may be replaced or deleted. The process function has a film looked at
again whenever a photo of its name has changed; here, photos are looked for before a film is cut, and once more when it
has a row of its own.
"""

from dataclasses import dataclass

from functions.dates import timestamp
from functions.films.cutting import Film
from functions.films.film_facts import FilmFacts
from functions.films.film_files import FilmFiles, StoredFilm
from functions.keys import ImagePath
from functions.live_photos import belong_together, stills_beside
from functions.photo_rows import Photo
from functions.photo_writer import PhotoWriter
from functions.process.complexity import UnusableImageError
from functions.process.images import read_live_photo_id


@dataclass(frozen=True)
class Still:
    """The photo that a film belongs to, and its row."""

    path: ImagePath
    row: Photo


@dataclass(frozen=True)
class LiveFilms:
    """Gives films to the photos they belong to. Every method raises whatever AWS raises: to be tried again."""

    films: FilmFiles
    writer: PhotoWriter

    def find_still(self, bucket: str, path: ImagePath, original: StoredFilm, facts: FilmFacts) -> Still | None:
        """The photo that a film belongs to, by what both say of themselves; None for most films."""
        taken = facts.taken_at or original.told.taken_at
        for still, row in stills_beside(self.writer.photos, path):
            if row.etag is None or (row.film and row.film_beside != path.file):
                continue  # another program's, or one that has a film already
            identifier = self._identifier(bucket, still) if facts.content_id else None
            if belong_together(identifier, row.taken_at, facts.content_id, taken, facts.seconds):
                return Still(still, row)
        return None

    def has(self, still: Still, path: ImagePath, row: Photo, etag: str) -> bool:
        """Whether a photo has this film, as its original is now; ``row`` is the film's."""
        film, source = still.row.film or {}, still.row.etag or ""
        is_named = row.still == still.path.file and row.etag == etag
        is_known = still.row.film_beside == path.file and film.get("etag") == etag
        return is_named and is_known and self.films.objects.is_of(still.path.film_key, source)

    def give(self, still: Still, path: ImagePath, original: StoredFilm, film: Film, seconds: float) -> None:
        """Write that a photo has this film, of which what plays is stored already.

        If the photo has changed meanwhile, the film is looked at again, once the photo is processed.
        """
        now = timestamp()
        own = Photo(
            primarykey=path.set_name,
            sortkey=path.file,
            etag=original.etag,
            size=original.size,
            content_type=original.source.media_type,
            sha256=original.sha256,
            processed_at=now,
            still=still.path.file,
        )
        self.writer.put_photo(path, own, now)
        about = {"seconds": seconds, "codec": film.facts.codec, "sound": film.facts.has_sound, "motion": True}
        of = {"beside": path.file, "etag": original.etag}
        self.writer.put_film(still.path, still.row.etag or "", about | of, now)

    def take_back(self, path: ImagePath, keep: ImagePath | None = None) -> None:
        """Take a film from all photos but ``keep``."""
        for still, row in stills_beside(self.writer.photos, path):
            if still != keep and row.film_beside == path.file:
                self.writer.put_film(still, row.etag or "", None, timestamp())
                self.films.delete_rendition(still)

    def _identifier(self, bucket: str, still: ImagePath) -> str | None:
        try:
            original = self.films.objects.read(bucket, still.key)
            return read_live_photo_id(original.data) if original else None
        except UnusableImageError:
            return None
