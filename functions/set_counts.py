"""The row of a set: how many photos and faces it counts, and which photo is shown for it.

Its writes are part of the transaction that writes or removes a photo (`photo_writer`).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from functions.keys import ImagePath
from functions.photo_reader import PhotoReader, key_of, set_key
from functions.photo_rows import Photo, PhotoSet
from functions.transactions import Write, is_unchanged

# A set's photos are counted, or will be from the first on. `kinpics reconcile` counts sets written by other programs.
_COUNTED = (
    "(attribute_type(pic_count, :number) OR (attribute_not_exists(pic_count) AND attribute_not_exists(pic)))"
    " AND (attribute_type(face_count, :number) OR attribute_not_exists(face_count))"
)
_FEATURE_IF_NONE = ", pic = if_not_exists(pic, :file)"


@dataclass(frozen=True)
class SetCounts:
    """The rows of sets in ``table``, which the set that is written to has been found in (`PhotoTables.settle`)."""

    photos: PhotoReader
    table: str

    def join(
        self, path: ImagePath, photo: Photo, old: Photo | None, now: str, attempt: int, *, is_known: bool
    ) -> list[Write]:
        """The write that counts a photo into its set, if it counts; ``old`` is the row it replaces.

        That the set is counted is assumed until a first ``attempt`` has failed. One that ``is_known`` must be there.
        """
        if photo.is_beside:
            return []
        photo_set = self.photos.get_set(path.set_name) if attempt else None
        counted = photo_set is None or _is_counted(photo_set)
        faces = (photo.face_count or 0) - ((old.face_count or 0) if old else 0)
        write = self._count(
            path, 0 if old and not old.is_beside else 1, faces, now, featured=_FEATURE_IF_NONE, counted=counted
        )
        if is_known:
            write["Update"]["ConditionExpression"] += " AND attribute_exists(sortkey)"
        return [write]

    def leave(self, path: ImagePath, old: Photo, now: str) -> list[Write]:
        """The writes that take a photo out of its set: count, featured photo, and with the last one the set itself."""
        photo_set = self.photos.get_set(path.set_name)
        if photo_set is None or old.is_beside:
            return []
        counted = _is_counted(photo_set)
        is_last = (photo_set.pic_count or 0) <= 1 if counted else self._find_heir(path) == path.file
        if is_last:
            return [
                {
                    "Delete": {
                        "TableName": self.table,
                        "Key": set_key(path.set_name),
                        **is_unchanged(photo_set, "pic_count"),
                    }
                }
            ]
        is_featured = photo_set.pic == path.file
        featured = ", pic = :heir REMOVE pic_chosen" if is_featured else ""
        write = self._count(path, -1, -(old.face_count or 0), now, featured=featured, counted=counted)
        update = write["Update"]
        if counted:
            update["ExpressionAttributeValues"][":one"] = 1
            update["ConditionExpression"] += " AND pic_count > :one"
        if not is_featured:
            update["ConditionExpression"] += " AND (attribute_not_exists(pic) OR pic <> :file)"
            return [write]
        heir = self._find_heir(path)
        update["ExpressionAttributeValues"][":heir"] = heir
        update["ConditionExpression"] += " AND pic = :file"
        return [
            write,
            {
                "ConditionCheck": {
                    "TableName": self.table,
                    "Key": key_of(ImagePath(path.set_name, heir)),
                    "ConditionExpression": "attribute_exists(sortkey)",
                }
            },
        ]

    def _find_heir(self, path: ImagePath) -> str:
        return self.photos.find_other_file(path, self.table)

    def _count(self, path: ImagePath, photos: int, faces: int, now: str, *, featured: str, counted: bool) -> Write:
        """The set row's update when a photo comes, changes or goes; a row that another program wrote stays uncounted.

        ``featured`` is the part of the update that sets the photo shown for the set, or empty. Condition or update must
        use the value ``:file``.
        """
        changes = "SET updated_at = :now, created_at = if_not_exists(created_at, :now)"
        values: dict[str, Any] = {":now": now, ":number": "N", ":file": path.file}
        if counted:
            values |= {":photos": photos, ":faces": faces}
        return {
            "Update": {
                "TableName": self.table,
                "Key": set_key(path.set_name),
                "UpdateExpression": changes
                + featured
                + (" ADD pic_count :photos, face_count :faces" if counted else ""),
                "ConditionExpression": _COUNTED if counted else f"NOT ({_COUNTED})",
                "ExpressionAttributeValues": values,
            }
        }


def _is_counted(photo_set: PhotoSet) -> bool:
    """Whether a set's row is `_COUNTED`."""
    source = photo_set.source
    is_number = {name: isinstance(source.get(name), Decimal) for name in ("pic_count", "face_count")}
    # An attribute that is there and null exists, as far as DynamoDB is concerned.
    counts = is_number["pic_count"] or ("pic_count" not in source and "pic" not in source)
    return counts and (is_number["face_count"] or "face_count" not in source)
