"""Table ``pics_by_image_id``: which photo, portrait or person an image id of Rekognition leads to.

Photos of the same bytes share an image id, and so their row by it: it leads to one of them and names the others, and
passes to one of these when its own photo goes (docs/decisions/0013). A search finds a photo's own row by its path.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.batch_get import batch_get
from functions.keys import (
    BadNameError,
    ImagePath,
    decode_external_image_id,
    encode_external_image_id,
    parse_image_path,
)
from functions.photo_reader import PhotoReader, key_of
from functions.photo_rows import ImageRecord, Photo
from functions.transactions import Write, is_unchanged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# No photo has this path: asked for where there is nothing to ask for.
NOWHERE = ImagePath("//", "none")


@dataclass(frozen=True)
class ImageLinks:
    """Rows by image id, in the table ``name``, and the ``photos`` they lead to; of the same client and patience."""

    name: str
    photos: PhotoReader

    def get_record(self, image_id: str) -> ImageRecord | None:
        item: Mapping[str, Any] | None = self._client.get_item(
            TableName=self.name, Key={"image_id": image_id}, ConsistentRead=True
        ).get("Item")
        return ImageRecord.from_item(item) if item else None

    def get_records(self, image_ids: Iterable[str]) -> dict[str, ImageRecord]:
        """Rows by image id; ids that lead nowhere (removed meanwhile) are left out.

        Eventually consistent, for half the units: visitors' searches read most here.
        """
        keys = [{"image_id": image_id} for image_id in image_ids]
        items = batch_get(self._client, self.name, keys, patience=self.photos.patience)
        return {item["image_id"]: ImageRecord.from_item(item) for item in items}

    def find_paths(
        self, refs: Iterable[str], sees: Callable[[str], bool] = lambda set_name: True
    ) -> dict[str, list[ImagePath]]:
        """The photos that each `photo_ref` may mean, of the sets that ``sees`` holds for; eventually consistent."""
        paths = {ref: _path_of(ref) for ref in refs}
        records = self.get_records({ref.partition("/")[0] for ref, path in paths.items() if path is None})
        meant = {
            ref: [path] if path else _paths_of(ref, records.get(ref.partition("/")[0])) for ref, path in paths.items()
        }
        return {ref: [path for path in found if sees(path.set_name)] for ref, found in meant.items()}

    def find_photos(
        self, faces: Iterable[tuple[str, str]], sees: Callable[[str], bool] = lambda set_name: True
    ) -> dict[str, ImageRecord]:
        """The photos that show faces of the album's collection, each as its record, by the `photo_ref` of the face.

        ``faces`` are face id and `photo_ref`. Left out are photos that are gone, do not show that face any more, or are
        in sets that ``sees`` doesn't hold for. Eventually consistent, as `get_records`.
        """
        wanted = {ref: face_id for face_id, ref in faces}
        candidates = self.find_paths(wanted, sees)
        photos = self.photos.get_photos({path for found in candidates.values() for path in found}, consistent=False)
        shown = {}
        for ref, found in candidates.items():
            for path in found:
                photo = photos.get(path)
                if photo and wanted[ref] in photo.face_ids:
                    shown[ref] = _record(photo, ref.partition("/")[0], path)
                    break
        return shown

    def find_showing(self, face_id: str, ref: str, sees: Callable[[str], bool]) -> set[ImagePath]:
        """The photos that show a face, by its `photo_ref`, of the sets that ``sees`` holds for; also of the same bytes.

        Reads as often whatever it finds, and for a face that isn't there: its time tells nobody what they may not see.
        """
        image_id = ref.partition("/")[0]
        record = self.get_records([image_id]).get(image_id)
        own = _path_of(ref)
        paths = {path for text in (record.paths if record else ()) if (path := _parsed(text))} | (
            {own} if own else set()
        )
        seen = {path for path in paths if sees(path.set_name)} or {NOWHERE}
        photos = self.photos.get_photos(seen, consistent=False)
        return {path for path, photo in photos.items() if face_id in photo.face_ids}

    def find_shared_faces(self, path: ImagePath, photo: Photo) -> set[str]:
        """Those of a photo's faces that another photo of the same bytes has too: an older album indexed them as one."""
        record = self.get_record(photo.image_id) if photo.image_id else None
        others = {other for text in (record.paths if record else ()) if (other := _parsed(text)) and other != path}
        found = self.photos.get_photos(others).values()
        return {face_id for other in found for face_id in other.face_ids & photo.face_ids}

    def join(self, image_id: str, path: ImagePath, photo: Photo) -> list[Write]:
        """The writes that make an image id's row lead to a photo."""
        record = self.get_record(image_id)
        if record and record.person:
            return []  # a portrait of the same bytes, from a release that kept portraits by image id alone
        if record is None or record.image_path in (None, str(path)):
            own = _record(photo, image_id, path, record)
            return [{"Put": {"TableName": self.name, "Item": own.to_item(), **_is_same(record)}}]
        return [self._update(record, "ADD", str(path))]

    def leave(self, image_id: str, path: str) -> list[Write]:
        """The writes that stop an image id's row from leading to a photo: it passes to another, or goes."""
        record = self.get_record(image_id)
        if record is None or record.person:
            return []
        if record.image_path not in (None, path):
            return [self._update(record, "DELETE", path)] if path in record.paths else []
        found = self.photos.locate_photos({other for text in record.paths - {path} if (other := _parsed(text))})
        heirs = {other: photo for other, (photo, _) in found.items() if photo.image_id == image_id}
        if not heirs:
            key = {"image_id": image_id}
            return [{"Delete": {"TableName": self.name, "Key": key, **_is_same(record)}}]
        heir = min(heirs)
        rest = {str(other) for other in heirs} - {str(heir)}
        own = _record(heirs[heir], image_id, heir, replace(record, source={}, other_paths=rest or None))
        return [
            {"Put": {"TableName": self.name, "Item": own.to_item(), **_is_same(record)}},
            {
                "ConditionCheck": {
                    "TableName": found[heir][1],
                    "Key": key_of(heir),
                    **is_unchanged(heirs[heir], "etag", "processed_at"),
                }
            },
        ]

    def _update(self, record: ImageRecord, action: str, path: str) -> Write:
        same = is_unchanged(record, "image_path")
        values = same.pop("ExpressionAttributeValues", {}) | {":path": {path}}
        return {
            "Update": {
                "TableName": self.name,
                "Key": {"image_id": record.image_id},
                "UpdateExpression": f"{action} other_paths :path",
                "ExpressionAttributeValues": values,
                **same,
            }
        }

    @property
    def _client(self) -> "DynamoDBClient":
        return self.photos.client


def _path_of(ref: str) -> ImagePath | None:
    """The photo that a `photo_ref` names by itself."""
    external_image_id = ref.partition("/")[2]
    return decode_external_image_id(external_image_id) if external_image_id else None


def _paths_of(ref: str, record: ImageRecord | None) -> list[ImagePath]:
    """The photos a `photo_ref` may mean by its image id's row, where its external image id is a hash or missing."""
    external_image_id = ref.partition("/")[2]
    paths = [path for text in sorted(record.paths if record else ()) if (path := _parsed(text))]
    return [path for path in paths if external_image_id in ("", encode_external_image_id(path))]


def _parsed(text: str) -> ImagePath | None:
    try:
        return parse_image_path(text)
    except BadNameError:
        return None  # another program wrote it, for something that can't be a photo here


def _record(photo: Photo, image_id: str, path: ImagePath, old: ImageRecord | None = None) -> ImageRecord:
    """The row by image id that leads to a photo, in place of ``old``."""
    return ImageRecord(
        image_id=image_id,
        image_path=str(path),
        other_paths=(old.other_paths or set()) - {str(path)} or None if old else None,
        width=photo.width,
        height=photo.height,
        placeholder=photo.placeholder,
        taken_at=photo.taken_at,
        film=photo.film,
        data=photo.data,
        source=old.source if old else {},
    )


def _is_same(record: ImageRecord | None) -> Write:
    """The condition that a row by image id still leads to what was read."""
    if record is None:
        return {"ConditionExpression": "attribute_not_exists(image_id)"}
    return is_unchanged(record, "image_path", "other_paths")
