"""Table `requests`: who asks to be removed from search. A visitor has one open request, until the owner grants it.

No visitor reads or writes the table. The removal function does, by its own clock, after it has checked the request and
counted it against the day's ceiling and the visitor's own. So nobody can fill the table or use up the day for others,
and the owner reads only what was checked here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.access.access_table import AccessTable
from functions.access.sight import Sight
from functions.batch_get import TableBusyError
from functions.face_collection import FaceCollection
from functions.forgotten_people import is_reference
from functions.image_links import ImageLinks
from functions.keys import photo_ref
from functions.ledger import CeilingReachedError, Ledger
from functions.removal.removal_request import ASK, WITHDRAW, Call
from functions.visitor_calls import RequestError
from functions.visitor_rows import KEEP_OWN_ROWS_DAYS, RemovalRequest

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# For all visitors together, released hour by hour: an owner can't look at more, and requests can't fill the table.
MAX_DAILY_REQUESTS = 100
# For each visitor; a request that replaces another counts too.
MAX_VISITOR_DAILY_REQUESTS = 5
KEPT_SECONDS = KEEP_OWN_ROWS_DAYS * 86_400


@dataclass(frozen=True)
class RemovalRequests:
    """A site's requests. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``access`` and ``images`` say which faces a visitor may know of.
    """

    client: "DynamoDBClient"
    table: str
    faces: FaceCollection
    ledger: Ledger
    access: AccessTable
    images: ImageLinks
    clock: Callable[[], float] = time.time

    def answer(self, call: Call, visitor: str | None) -> dict[str, Any]:
        """Do what a visitor (by Cognito identity) asks; returns the answer's ``output``: the open request, or None.

        Raises ``RequestError``, or whatever AWS raises.
        """
        if not visitor:
            raise RequestError(
                403, "NoVisitor", "only a visitor can ask, with credentials from the site's identity pool"
            )
        if call.action == ASK:
            return {"output": _shown(self._ask(call, visitor))}
        standing = self._standing(visitor)
        if call.action == WITHDRAW and standing:
            self.client.delete_item(TableName=self.table, Key={"identity_id": visitor})
            standing = None
        return {"output": _shown(standing)}

    def _ask(self, call: Call, visitor: str) -> RemovalRequest:
        try:
            known = self._known(call)
        except TableBusyError:
            raise _too_many() from None
        face_ids = [face_id for face_id in call.face_ids if face_id in known]
        if not face_ids:
            raise RequestError(404, "FaceNotFound", "no photo on this site has any of these faces")
        # Counts only what will be written: unknown faces use up nothing.
        self._count(visitor)
        now = self.clock()
        request = RemovalRequest(
            identity_id=visitor,
            made_at=datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
            expires_at=int(now) + KEPT_SECONDS,
            face_ids=face_ids,
            message=call.message or None,
        )
        self.client.put_item(TableName=self.table, Item=request.to_item())
        return request

    def _known(self, call: Call) -> set[str]:
        """Those of the faces that the visitor may see."""
        refs = {
            face["FaceId"]: photo_ref(face)
            for face in self.faces.get_faces(list(call.face_ids))
            if not is_reference(face)
        }
        sight = Sight.by_pass(self.access, call.shown, self.clock())
        if not sight.access.has_private:
            return set(refs)
        paths = self.images.find_paths(refs.values(), sight.sees)
        return {face_id for face_id, ref in refs.items() if paths[ref]}

    def _count(self, visitor: str) -> None:
        try:
            self.ledger.count_removal(MAX_DAILY_REQUESTS, visitor, MAX_VISITOR_DAILY_REQUESTS)
        except CeilingReachedError as error:
            raise RequestError(429, "TooManyRemovalRequests", str(error), error.until) from None
        except TableBusyError:
            raise _too_many() from None

    def _standing(self, visitor: str) -> RemovalRequest | None:
        found = self.client.get_item(TableName=self.table, Key={"identity_id": visitor}, ConsistentRead=True)
        if "Item" not in found:
            return None
        request = RemovalRequest.from_item(found["Item"])
        # DynamoDB may take days to remove expired rows.
        return request if request.expires_at > self.clock() else None


def _too_many() -> RequestError:
    return RequestError(429, "TooManyRequests", "too many requests at once: try again in a moment")


def _shown(request: RemovalRequest | None) -> dict[str, Any] | None:
    if request is None:
        return None
    return {"made_at": request.made_at, "face_ids": request.face_ids, "message": request.message or ""}
