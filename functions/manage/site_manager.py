"""What the owner does to the site from its pages: each action of a call, and its output (docs/data.md)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.access.access_table import AccessTable
from functions.access.audiences import Access
from functions.aws_errors import is_not_found
from functions.ceilings import Ceiling, todays_ceilings
from functions.dates import timestamp
from functions.keys import ImagePath
from functions.ledger import Ledger
from functions.live_photos import with_films
from functions.manage import manage_call
from functions.manage.audience_moves import AudienceMoves
from functions.manage.forgetting_people import FaceOnSite, Removals, warnings_about
from functions.manage.later import ForgettingLeft, Later, Left, MoveLeft, WordsLeft
from functions.manage.letting_in import LettingIn
from functions.manage.manage_call import ManageCall
from functions.manage.photo_moves import PhotoMoves
from functions.owner_texts import SET_TEXTS
from functions.owner_words import owned_words
from functions.people.kept_names import keep_names
from functions.people.owners_journal import OwnersJournal
from functions.photo_originals import Originals
from functions.photo_page import RECORD_KEY
from functions.photo_reader import PhotoReader
from functions.photo_rows import GRID_ATTRIBUTES, Photo, PhotoSet
from functions.photo_writer import PhotoWriter
from functions.process_requests import ProcessRequests
from functions.shown_photos import NotShowableError, ShownPhotos
from functions.table_rows import from_dynamodb
from functions.unprocessed_photos import DeadLetters
from functions.visitor_calls import RequestError
from functions.visitor_rows import RemovalRequest

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class SiteManager:
    """One site, as its owner changes it. ``most`` has the day's ceilings, by purpose (`functions/ceilings.py`)."""

    photos: PhotoReader
    writer: PhotoWriter
    originals: Originals
    letters: DeadLetters
    process: ProcessRequests
    journal: OwnersJournal
    forgetting: Removals
    access: AccessTable
    letting_in: LettingIn
    audiences: AudienceMoves
    ledger: Ledger
    most: dict[str, int]
    later: Later
    s3: "S3Client"
    site_bucket: str

    def answer(self, call: ManageCall) -> dict[str, Any]:
        """The output of an owner's call. Raises ``RequestError``, other ``KinpicsError``, or whatever AWS raises."""
        actions = {
            manage_call.OVERVIEW: self._overview,
            manage_call.SET: self._change_set,
            manage_call.PHOTOS: self._list_photos,
            manage_call.PHOTO: self._change_photo,
            manage_call.DELETE: self._delete,
            manage_call.RESTORE: self._restore,
            manage_call.MOVE: self._move,
            manage_call.REQUESTS: self._list_requests,
            manage_call.GRANT: self._grant,
            manage_call.REFUSE: self._refuse,
            manage_call.DEAD_LETTERS: self._list_dead_letters,
            manage_call.RETRY: self._retry,
            manage_call.DROP: self._drop,
            manage_call.CEILINGS: self._list_ceilings,
            manage_call.AUDIENCE: self._change_audience,
            manage_call.SETTLE: self._settle_audiences,
            manage_call.PROGRESS: self._audience_progress,
            **self.letting_in.actions,
        }
        self.later.finish(self.finish)
        return actions[call.action](call)

    def finish(self, left: Left) -> bool:
        """Finish what an earlier call left to do; False if it can't be done yet."""
        if isinstance(left, MoveLeft):
            return self._moves.finish(left)
        if isinstance(left, WordsLeft):
            return self._give_words_again(left)
        return self._finish_forgetting(left)

    @property
    def _shown(self) -> ShownPhotos:
        return ShownPhotos(self.photos)

    @property
    def _moves(self) -> PhotoMoves:
        return PhotoMoves(self.photos, self.writer, self.originals)

    # The site

    def _overview(self, call: ManageCall) -> dict[str, Any]:
        access = self.access.read_access()
        published = self._published_at()
        return {
            "sets": [_shown_set(photo_set, access, published) for photo_set in self._sets_by_rank()],
            "audience": access.album,
            "moving": bool(access.moving),
            "published_at": _iso(published),
            "processing": self.process.count_waiting(),
            "dead_letters": self.letters.count(),
            "requests": len(self.forgetting.list_requests()),
            **self._list_ceilings(call),
        }

    def _sets_by_rank(self) -> list[PhotoSet]:
        """All sets, the last on the front page first."""
        return sorted(self.photos.list_sets(), key=lambda photo_set: photo_set.rank)

    def _published_at(self) -> datetime | None:
        """When the site was last published; None before the first time."""
        try:
            return self.s3.head_object(Bucket=self.site_bucket, Key=RECORD_KEY)["LastModified"]
        except ClientError as error:
            if not is_not_found(error):
                raise
            return None

    def _list_ceilings(self, call: ManageCall) -> dict[str, Any]:
        return {"ceilings": list(map(_shown_ceiling, todays_ceilings(self.ledger, self.most)))}

    # Who may see it

    def _change_audience(self, call: ManageCall) -> dict[str, Any]:
        audience = None if call.audience == manage_call.INHERITED else call.audience
        change = self.audiences.change(call.set_name, audience)
        link = self.letting_in.link_of(call.set_name)
        return {"changed": change is not None, "photos": change.rows if change else 0, "link": link}

    def _settle_audiences(self, call: ManageCall) -> dict[str, Any]:
        self.audiences.finish()
        return self._audience_progress(call)

    def _audience_progress(self, call: ManageCall) -> dict[str, Any]:
        return {"moving": self.audiences.progress()}

    # Sets and photos

    def _change_set(self, call: ManageCall) -> dict[str, Any]:
        photo_set = self._set(call.set_name)
        if not call.texts and not call.cover:
            raise RequestError(400, "InvalidParameter", f"nothing to change: give {', '.join(SET_TEXTS)} or cover")
        cover = ImagePath(call.set_name, call.cover)
        if call.cover and not self.writer.choose_cover(cover, timestamp()):
            raise RequestError(404, "PhotoNotFound", f"there is no photo {call.cover[:200]!a} in this set")
        if call.texts:
            self.writer.describe_set(call.set_name, call.texts, timestamp())
        before = {name: getattr(photo_set, name) or "" for name in SET_TEXTS}
        return {"before": {**before, "cover": photo_set.pic}}

    def _set(self, set_name: str) -> PhotoSet:
        photo_set = self.photos.get_set(set_name)
        if photo_set is None:
            raise RequestError(404, "SetNotFound", f"there is no set {set_name[:200]!a} on the site")
        return photo_set

    def _list_photos(self, call: ManageCall) -> dict[str, Any]:
        rows, after = self.photos.list_grid(call.set_name, call.after, call.limit)
        shown = ("sortkey", *GRID_ATTRIBUTES)
        photos = [{name: from_dynamodb(row[name]) for name in shown if name in row} for row in rows]
        for photo, row in zip(photos, rows, strict=True):
            if (seconds := Photo.from_item(row).film_seconds) is not None:
                photo["film_seconds"] = seconds
        return {"photos": photos, **({"after": after} if after else {})}

    def _change_photo(self, call: ManageCall) -> dict[str, Any]:
        photo = self._photo(call.path)
        if call.texts:
            self.writer.reword_photo(call.path, call.texts, timestamp())
        words = {"title": photo.title or "", "caption": photo.caption or ""}
        return {**words, **call.texts, "before": words}

    def _photo(self, path: ImagePath) -> Photo:
        photo = self.photos.get_photo(path)
        if photo is None:
            raise RequestError(404, "PhotoNotFound", f"there is no photo {str(path)[:200]!a} on the site")
        return photo

    def _delete(self, call: ManageCall) -> dict[str, Any]:
        """Delete originals, which S3 keeps for 30 days; the process function deletes the rest.

        A Live Photo's film goes with it. A photo of another set that is only shown in this one stays there.
        """
        own = [path for path in call.paths if not path.is_shown_from_elsewhere]
        paths = with_films(self.photos, own)
        photos = self.photos.get_photos(paths)
        kept = keep_names(self.journal, paths)
        self.originals.delete(path.key for path in paths)
        self._forget_letters({path.key for path in paths})
        others = [path for path in call.paths if path.is_shown_from_elsewhere]
        for path in others:
            self._shown.hide(path, timestamp())
        return {
            "deleted": {str(path): owned_words(photos[path]) if path in photos else {} for path in (*paths, *others)},
            "names": [{"name": name, "path": str(path)} for name, path in kept],
        }

    def _forget_letters(self, keys: set[str]) -> None:
        if self.letters.count():
            self.letters.discard(keys)

    def _restore(self, call: ManageCall) -> dict[str, Any]:
        """Bring deleted photos back, with the owner's words."""
        elsewhere = [path for path in call.photos if path.is_shown_from_elsewhere]
        back = [path for path in call.photos if path not in elsewhere and self.originals.restore(path)]
        for path in elsewhere:
            try:
                self._shown.show(path.original, path.set_name, timestamp())
            except NotShowableError:
                continue
            back.append(path)
        self.later.keep(
            WordsLeft(str(path), call.photos[path]) for path in back if call.photos[path] and path not in elsewhere
        )
        return {"restored": list(map(str, back))}

    def _give_words_again(self, left: WordsLeft) -> bool:
        path = left.image_path
        if self.writer.reword_photo(path, left.words, timestamp()):
            return True
        return self.originals.find(path) is None  # deleted again

    def _move(self, call: ManageCall) -> dict[str, Any]:
        begun = self._moves.begin(call.paths, call.set_name)
        self.later.keep(begun.moves)
        refused = {
            path: {"code": error.code, "message": str(error), **({"values": error.values} if error.values else {})}
            for path, error in begun.refused.items()
        }
        return {"moving": {move.source: move.target for move in begun.moves}, "refused": refused}

    # Removal requests

    def _list_requests(self, call: ManageCall) -> dict[str, Any]:
        return {"requests": list(map(self._shown_request, self.forgetting.list_requests()))}

    def _shown_request(self, request: RemovalRequest) -> dict[str, Any]:
        faces = self.forgetting.find_faces(request.face_ids)
        photos = self.photos.get_photos({face.path for face in faces})
        return {
            "request": request.identity_id,
            "made_at": request.made_at,
            "message": request.message or "",
            "faces": [_shown_face(face, photos.get(face.path)) for face in faces],
            "names": sorted(set(self.journal.people_of(face.face_id for face in faces).values())),
            "warnings": warnings_about(faces),
        }

    def _request(self, request: str) -> RemovalRequest:
        for entry in self.forgetting.list_requests():
            if entry.identity_id == request:
                return entry
        raise RequestError(404, "RequestNotFound", "there is no such removal request: it may have been answered")

    def _grant(self, call: ManageCall) -> dict[str, Any]:
        request = self._request(call.request)
        named = self.forgetting.find_faces(request.face_ids)
        photos: list[ImagePath] = []
        if named:
            forgot = self.forgetting.forget(named, self._process_again)
            self.later.keep([ForgettingLeft(list(forgot.people))])
            photos = forgot.photos
        self.forgetting.drop_request(request)
        return {"photos": list(map(str, photos))}

    def _process_again(self, paths: list[ImagePath]) -> None:
        self.process.ask(paths, force=True)

    def _finish_forgetting(self, left: ForgettingLeft) -> bool:
        """Take out what came in about somebody meanwhile, and their name in keywords."""
        if not self.forgetting.is_over(left.people):
            return False
        self.journal.forget(left.people)
        if left.people:
            self.process.ask(self.forgetting.named_in_rows(self.photos), force=False)
        return True

    def _refuse(self, call: ManageCall) -> dict[str, Any]:
        self.forgetting.drop_request(self._request(call.request))
        return {}

    # Photos that could not be processed

    def _list_dead_letters(self, call: ManageCall) -> dict[str, Any]:
        # A photo tried several times is in the queue as often.
        letters = {letter.key: letter for letter in self.letters.read()}
        return {
            "dead_letters": [
                {
                    "key": key,
                    "path": str(letter.path) if letter.path else None,
                    "code": letter.code,
                    "reason": letter.reason,
                }
                for key, letter in sorted(letters.items())
            ]
        }

    def _retry(self, call: ManageCall) -> dict[str, Any]:
        return {"retried": sorted({letter.key for letter in self.letters.redrive(set(call.keys))})}

    def _drop(self, call: ManageCall) -> dict[str, Any]:
        """Delete the originals of photos that could not be processed, and no longer tell of them."""
        return {"dropped": sorted(self.letters.drop(set(call.keys), self.originals))}


def _shown_set(photo_set: PhotoSet, access: Access, published: datetime | None) -> dict[str, Any]:
    changed = _moment(photo_set.updated_at)
    return {
        "set": photo_set.sortkey,
        "title": photo_set.title or "",
        "shown_title": photo_set.shown_title,
        "description": photo_set.description or "",
        "dated": photo_set.dated or "",
        "place": photo_set.place or "",
        "cover": photo_set.pic,
        "photos": photo_set.pic_count,
        "faces": photo_set.face_count,
        "created_at": photo_set.created_at,
        "updated_at": photo_set.updated_at,
        "audience": access.audience_of(photo_set.sortkey),
        "inherits": photo_set.sortkey not in access.sets,
        "is_everywhere": access.is_everywhere(photo_set.sortkey),
        "is_published": bool(published and changed and changed <= published),
    }


def _shown_ceiling(ceiling: Ceiling) -> dict[str, Any]:
    until = None if ceiling.until is None else datetime.fromtimestamp(ceiling.until, UTC)
    return {
        "purpose": ceiling.purpose,
        "used": ceiling.used,
        "most": ceiling.most,
        "allowed": ceiling.allowed,
        "until": _iso(until),
    }


def _shown_face(face: FaceOnSite, photo: Photo | None) -> dict[str, Any]:
    """A face as the people function gives it (`owner_answers`)."""
    box = face.face["BoundingBox"]
    return {
        "path": str(face.path),
        "box": [box["Left"], box["Top"], box["Width"], box["Height"]],
        "face": face.face_id,
        "width": photo.width if photo else None,
        "height": photo.height if photo else None,
        "taken_at": photo.taken_at if photo else None,
    }


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None  # another program wrote it
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
