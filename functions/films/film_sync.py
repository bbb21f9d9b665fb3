"""Bring everything the site keeps of one film in line with the original in S3.

As `functions/process/sync.py` does for a photo, whose lease, deletion and rows it shares. In place of decoding, a film
is fetched to disk and cut by ffmpeg: first the copy that visitors may download, then the rendition that plays, then
the pictures in which faces are looked for, one of which becomes the poster. The poster goes through all that a photo
does: thumbnail, large rendition, card, placeholder.

A film that would take longer than the function has, or doesn't fit on its disk, gets its poster and its faces all the
same, and its row says why it can't be played.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from functions.face_collection import MIN_IMAGE_SIDE
from functions.films import moments
from functions.films.conversions import Conversions
from functions.films.cutting import Film, make_short_rendition
from functions.films.ffmpeg import FfmpegError, OutOfTimeError, UnusableFilmError
from functions.films.ffmpeg_calls import FRAME_SIDE, Source
from functions.films.film_faces import SAME_PERSON, FoundFace, choose_poster, make_strip, one_a_person
from functions.films.film_files import FilmFiles, StoredFilm
from functions.films.live_films import LiveFilms, Still
from functions.keys import LARGE, NONE, STRIPPED, WHOLE, ImagePath, encode_external_image_id
from functions.ledger import CeilingReachedError
from functions.live_photos import stills_beside
from functions.media_types import MP4
from functions.photo_rows import Photo, grid_key
from functions.process.images import Renditions
from functions.process.sync import PhotoSync
from functions.thumbnail_sizes import fitted

logger = Logger(child=True)
# Kept for the poster, the faces and the rows.
_RESERVED_SECONDS = 150.0
# Of the function's time, at most this part goes into the rendition, so that there is a rest for a short time too.
_RENDITION_TIME = 0.8
LONG, LARGE_FILM, CODEC = "long", "large", "codec"
# MediaConvert is at it.
CONVERTING = "converting"


@dataclass(frozen=True)
class _Cut:
    """What was made of a film: the pictures by second, in order, and the copies on disk, if any."""

    film: Film
    pictures: dict[float, bytes]
    rendition: Path | None
    unplayable: str | None
    seconds: float

    @property
    def has_room_for_faces(self) -> bool:
        """Whether Rekognition takes its pictures, which are no larger than the film."""
        facts = self.film.facts
        return min(fitted(facts.width, facts.height, FRAME_SIDE)) >= MIN_IMAGE_SIDE


@dataclass(frozen=True, kw_only=True)
class FilmSync(PhotoSync):
    """Keeps films in sync. ``count`` counts a film that is about to be cut; it raises ``CeilingReachedError``.

    Films that don't fit here are given to ``conversions``, if the owner wants that.
    """

    films: FilmFiles
    count: Callable[[], None]
    seconds_left: Callable[[], float]
    conversions: Conversions | None = None

    @property
    def _live(self) -> LiveFilms:
        return LiveFilms(self.films, self._writer)

    def _known(self, path: ImagePath, row: Photo | None, etag: str | None) -> Photo | None:
        if row and row.is_beside:
            return row if row.etag == etag else None
        return super()._known(path, row, etag)

    def _is_complete(self, path: ImagePath, known: Photo) -> bool:
        return self._is_whole(path, known) and not stills_beside(self.photos, path)

    def _is_whole(self, path: ImagePath, known: Photo) -> bool:
        if known.film is None or self._is_to_convert(known):
            return False
        return super()._is_complete(path, known) and not self._is_converted(path, known)

    def _is_to_convert(self, known: Photo) -> bool:
        return self.conversions is not None and (known.film or {}).get("unplayable") in (LONG, LARGE_FILM)

    def _is_converted(self, path: ImagePath, known: Photo) -> bool:
        """Whether MediaConvert has made what plays, and it isn't taken yet."""
        is_waiting = (known.film or {}).get("unplayable") == CONVERTING
        return is_waiting and self.conversions is not None and self.conversions.has_made(path, known.etag or "")

    def _settle_beside(self, bucket: str, path: ImagePath) -> None:
        self._live.take_back(path)

    def _bring_in_sync(
        self, bucket: str, path: ImagePath, owner: str, etag: str | None, row: Photo | None, known: Photo | None
    ) -> None:
        if known and self.conversions and self._is_converted(path, known):
            self.conversions.take(path, known.etag or "")
            self._note_film(path, known, None)
            return
        with self.films.fetch(bucket, path) as fetched:
            if fetched is None:
                self._deletion.delete_photo(path, self._timestamp())
                self._settle_beside(bucket, path)
                return
            original, folder = fetched
            if original.etag != etag:  # replaced a moment ago
                self.leases.add_version(path, owner, original.etag)
            film = Film.open(original.source, self.seconds_left)
            still = self._live.find_still(bucket, path, original, film.facts)
            self._live.take_back(path, keep=still.path if still else None)
            if still and known and self._live.has(still, path, known, original.etag):
                return
            if not still and known and self._is_whole(path, known):
                return
            if known and self._is_to_convert(known):
                self._convert(bucket, path, original, film, known)
                return
            self.count()
            if still and self._give_to(still, path, original, film, folder, row):
                return
            cut = self._cut(path, original, film, folder)
            is_paid = known is not None and known.etag == original.etag and known.film is not None
            if known is not None and is_paid:
                self._put_known(path, original, cut, known)
            else:
                self._put_new(path, owner, original, cut, row)
            # The process function looks for films after it has written a photo's row.
            if not still and (still := self._live.find_still(bucket, path, original, film.facts)):
                self._give_to(still, path, original, film, folder, self.photos.get_photo(path))
            elif cut.unplayable and (row := self.photos.get_photo(path)) and self._is_to_convert(row):
                self._convert(bucket, path, original, film, row)

    def _convert(self, bucket: str, path: ImagePath, original: StoredFilm, film: Film, row: Photo) -> None:
        """Have MediaConvert make what plays. Raises ``CeilingReachedError``: poster and faces are there already."""
        if self.conversions and self.conversions.begin(bucket, path, original.etag, film.facts):
            self._note_film(path, row, CONVERTING)

    def fail_conversion(self, path: ImagePath) -> None:
        """Note that MediaConvert couldn't convert a film."""
        row = self.photos.get_photo(path)
        if row and self.conversions and (row.film or {}).get("unplayable") == CONVERTING:
            self._note_film(path, row, CODEC)
            self.conversions.forget(path, row.etag or "")

    def _note_film(self, path: ImagePath, row: Photo, unplayable: str | None) -> None:
        film = {name: value for name, value in (row.film or {}).items() if name != "unplayable"}
        whole = {**film, "unplayable": unplayable} if unplayable else film
        self._writer.put_film(path, row.etag or "", whole, self._timestamp())

    def _give_to(
        self, still: Still, path: ImagePath, original: StoredFilm, film: Film, folder: Path, row: Photo | None
    ) -> bool:
        """Make a film a part of its photo; False if it can't be played. What it had of its own goes."""
        target = folder / "beside.mp4"
        try:
            seconds = make_short_rendition(film, target)
        except (UnusableFilmError, FfmpegError, OutOfTimeError) as error:
            logger.warning("the photo gets no film", extra={"key": path.key, "reason": str(error)})
            return False
        self.films.put_rendition(still.path, target, still.row.etag or "")
        if row and not row.is_beside:
            self._deletion.delete_photo(path, self._timestamp())
        self._live.give(still, path, original, film, seconds)
        return True

    # What is made with ffmpeg

    def _cut(self, path: ImagePath, original: StoredFilm, film: Film, folder: Path) -> _Cut:
        self._put_stripped(path, original, film, folder)
        rendition, unplayable, wanted = self._make_rendition(original, film, folder)
        if rendition:
            self.films.put_rendition(path, rendition, original.etag)
        else:
            self.films.delete_rendition(path)
        if self.objects.download_rule == LARGE and rendition:
            self.films.put_download(path, rendition, original.etag)
        shown = Film.open(Source(str(rendition), MP4), self.seconds_left) if rendition else film
        seconds = shown.facts.seconds or film.facts.seconds or 0.0
        wanted = wanted or (shown.choose_moments() if rendition else moments.spread(seconds))
        found = {second: film.picture_at(second) or _picture(rendition, shown, second) for second in wanted}
        pictures = {second: picture for second, picture in found.items() if picture}
        if not pictures and (first := film.picture_at(0.0)):
            pictures = {0.0: first}
        if not pictures:
            raise UnusableFilmError("the film has no pictures that can be read", code="DamagedFilm")
        return _Cut(film, pictures, rendition, unplayable, seconds)

    def _put_stripped(self, path: ImagePath, original: StoredFilm, film: Film, folder: Path) -> None:
        """What visitors may download, by the two rules that need no rendition."""
        rule, file = self.objects.download_rule, original.file
        if file is None or rule in (NONE, LARGE):
            return
        if rule == WHOLE:
            self.films.put_download(path, file, original.etag)
            return
        copy = folder / f"copy{file.suffix}"
        try:
            film.make_bare_copy(copy)
        except (FfmpegError, OutOfTimeError) as error:
            logger.warning("what plays is offered for download", extra={"key": path.key, "reason": str(error)})
        else:
            self.films.put_download(path, copy, original.etag)
        copy.unlink(missing_ok=True)  # room for the rendition

    def _make_rendition(
        self, original: StoredFilm, film: Film, folder: Path
    ) -> tuple[Path | None, str | None, list[float] | None]:
        """The rendition, or why there is none, and the seconds to look for faces in, if they are known already."""
        if original.file is None:
            return None, LARGE_FILM, None
        target = folder / "rendition.mp4"
        left = self.seconds_left()
        try:
            wanted = film.make_rendition(target, max(left - _RESERVED_SECONDS, left * _RENDITION_TIME * 0.5))
        except OutOfTimeError:
            return None, LONG, None
        except FfmpegError as error:
            logger.warning("no rendition", extra={"reason": str(error)})
            return None, CODEC, None
        return target, None, wanted

    # What is kept of it

    def _put_known(self, path: ImagePath, original: StoredFilm, cut: _Cut, known: Photo) -> None:
        """Make again what is missing of a film whose faces are paid for."""
        poster = float((known.film or {}).get("poster") or 0.0)
        picture = cut.film.picture_at(poster) or next(iter(cut.pictures.values()))
        renditions = self._render_poster(cut, picture)
        self._put_objects(path, original, renditions, known)
        self._put_download_of_poster(path, original, cut, renditions)
        film = {**(known.film or {}), "unplayable": cut.unplayable}
        photo = self._make_film_row(path, original, renditions, known.data, known.labels, cut, film)
        self._put_row(path, photo, renditions)

    def _put_new(self, path: ImagePath, owner: str, original: StoredFilm, cut: _Cut, row: Photo | None) -> None:
        faces, data = self._find_faces(path, cut)
        seconds = [*sorted(cut.pictures, key=lambda second: -len(cut.pictures[second]))]
        poster = choose_poster(faces, seconds)
        renditions = self._render_poster(cut, cut.pictures[poster])
        labels = self._find_labels("", path, original, renditions)
        film = {
            "poster": poster,
            "faces": {face.id: {"at": face.second, "place": place} for place, face in enumerate(faces)},
            "unplayable": cut.unplayable,
        }
        photo = self._make_film_row(path, original, renditions, data, labels, cut, film)
        self._put_objects(path, original, renditions, photo)
        self.films.put_faces(path, make_strip(faces, cut.pictures), original.etag)
        self._put_download_of_poster(path, original, cut, renditions)
        if row and row.face_ids - photo.face_ids:
            self.leases.add_version_before(path, owner)
        old = self._put_row(path, photo, renditions)
        self._deletion.delete_faces(path, old, keep=photo.face_ids)

    def _put_objects(self, path: ImagePath, original: Any, renditions: Renditions, photo: Photo) -> None:
        self.objects.put_renditions(path, renditions, photo.poster_boxes, original.etag)

    def _put_download_of_poster(self, path: ImagePath, original: StoredFilm, cut: _Cut, renditions: Renditions) -> None:
        """Where there is no copy of the film itself, visitors may download what plays, or else the poster."""
        if self.objects.has_download(path, original.etag):
            return
        if cut.rendition and self.objects.download_rule in (STRIPPED, LARGE):
            self.films.put_download(path, cut.rendition, original.etag)
        else:
            self.objects.put_large_as_download(path, original, renditions)

    def _render_poster(self, cut: _Cut, picture: bytes) -> Renditions:
        facts, renditions = cut.film.facts, self.render(picture)
        # Rekognition can't read the original, so it gets the picture.
        return replace(renditions, width=facts.width, height=facts.height, face_image=picture)

    def _make_film_row(
        self,
        path: ImagePath,
        original: StoredFilm,
        renditions: Renditions,
        data: dict[str, Any],
        labels: list[str] | None,
        cut: _Cut,
        film: dict[str, Any],
    ) -> Photo:
        facts = cut.film.facts
        whole = {"seconds": round(cut.seconds, 2), "codec": facts.codec, "sound": facts.has_sound, **film}
        taken = facts.taken_at or original.told.taken_at
        return replace(
            self._make_row(path, original, renditions, data, labels),
            grid_key=grid_key(taken, path.file, cut.seconds),
            content_type=original.source.media_type,
            taken_at=taken,
            film={name: value for name, value in whole.items() if value is not None},
        )

    # Faces

    def _find_faces(self, path: ImagePath, cut: _Cut) -> tuple[list[FoundFace], dict[str, Any]]:
        """One face a person, and what a row holds of them: as one IndexFaces response for the whole film."""
        external_image_id = encode_external_image_id(path)
        found: list[FoundFace] = []
        answer: dict[str, Any] = {}
        try:
            for second, picture in cut.pictures.items() if cut.has_room_for_faces else ():
                answer = self.faces.index(external_image_id, {"Bytes": picture})
                found += [FoundFace(second, record) for record in answer["FaceRecords"]]
            kept = one_a_person(found, self._alike)
        except CeilingReachedError:
            self.faces.delete({face.id for face in found})
            raise
        self.faces.delete({face.id for face in found} - {face.id for face in kept})
        records = [face.record for face in kept]
        data = self._without_forgotten(path, {**answer, "FaceRecords": records, "UnindexedFaces": []})
        left = {record["Face"]["FaceId"] for record in data["FaceRecords"]}
        return [face for face in kept if face.id in left], data

    def _alike(self, face_id: str) -> list[str]:
        return [match["Face"]["FaceId"] for match in self.faces.search(face_id, SAME_PERSON)]


def _picture(rendition: Path | None, shown: Film, second: float) -> bytes | None:
    """A picture of what plays, where the original gives none."""
    return shown.picture_at(second) if rendition else None
