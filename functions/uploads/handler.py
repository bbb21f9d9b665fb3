"""Entry point of the uploads function: what browsers ask before, during and after they send photos.

Members invoke it with their pass, guests of an event with its secret; the owner, and queue messages, go to the
arrivals function (functions/arrivals/handler.py), which takes the same actions without any credential in the call:
IAM lets nobody else invoke it (policies/owner.json). Photos themselves never pass through here: a browser sends each
to bucket ``incoming`` by a presigned POST, and the arrivals function takes it from there.

**Who calls.** ``event`` (the event's secret) with ``guest`` (22 to 64 characters of base64url, made at random and
kept by the browser: whoever has it may take the photos back); or ``pass`` (of a member who may add), with ``set``. A
call of the arrivals function names just the ``set``.

**Answers** are ``{"statusCode": 200, "output": …}``, or ``{"statusCode": 4xx|5xx, "err": {"code", "message",
"until"?}}`` as of every function that visitors call. Codes: InvalidRequest, InvalidParameter, NoEvent (there is no
such event, or not any more), EventClosed, NotAllowed (this member may not add, or not to this set), NoSet,
TooManyRequests, UploadsFailed.

On AWS, calls of the uploads function are refused by Lambda while ``UploadConcurrency`` is 0, its default, so that an
album without guests and contributors costs nothing more; the owner's calls go to the other function.

**Actions**

``begin`` ``{who, "set"?, "name"?, "files": [{"name", "size", "sha256", "type"?}]}``, at most 50 files. ``name`` is
the first name of a guest, at most 40 characters. Output: ``{"set", "waits": bool, "files": [FILE]}``, one FILE for
each, in order:

- ``{"do": "send", "id", "post": {"url", "fields": {…}}}``: POST the fields, then the file as ``file``, within five
  minutes;
- ``{"do": "there", "id"?, "file"?}``: the set holds these bytes, or this guest has sent them already: nothing to do;
- ``{"do": "refused", "code", "message"}``: TooManyFiles, TooManyBytes (with ``until``), TooLarge, EmptyFile,
  NotAPhoto, Film, BadName, Twice, NotWanted (the owner has refused this very photo), or why it couldn't be shown when
  it was sent before (``UNUSABLE`` in `functions.uploads.contributions`).

Asking again about a file that wasn't sent gives a new POST and counts nothing, so a page that was closed goes on by
asking for all its files again.

``mine`` ``{who, "set"?, "ids"? ≤ 100}`` → ``{"set", "photos": [PHOTO], "is_open"?}``, newest first, or in any order
those asked for by ids: ``{"id", "file", "size", "sha256", "at", "state", "code"?, "message"?}``. States: ``begun`` (not
arrived), ``waiting`` (for the owner), ``let_in`` (about to be shown), ``shown``, ``there`` (the set had it already),
``failed`` (with code and message, also if it couldn't be shown once it was let in), ``refused``, ``taken_back``. A
refused or taken-back photo has only its id, state and at, for 30 days. ``file`` is the name under which the set shows
it, once it does. ``is_open`` says of a guest's event whether it takes more photos.

``take_back`` ``{who, "set"?, "ids": [≤ 100]}`` → ``{"taken_back": [id]}``: those that were the caller's own. They are
gone with everything within seconds.

``event`` ``{"event"}`` → ``{"set", "title", "at_once", "closes_at"?, "is_open", "limits": {"guest_files",
"guest_bytes"}, "is_public"}``: what the event's page shows before anything is sent. With ``is_public``, everybody may
see the album.

``added`` ``{"event", "shown": [≤ 30 names of photos]}`` → ``{"by": [{"name", "photos"}]}``: which guests added these
photos of the album, and how many of them each; a guest who gave no name has an empty one.

``sets`` ``{"pass"}`` → ``{"sets": [{"name", "title"}]}``: the sets that a member, or the owner, may add to.

For the owner by the arrivals function, and for an event's helpers (members, by ``event`` and ``pass`` together):

``waiting`` ``{"set", "limit"? ≤ 100, "after"?}`` → ``{"photos": [{…PHOTO, "who", "name"?, "look": url, "look_jpeg":
url}], "after"?}``, oldest first; ``look`` is a presigned GET of the waiting photo, good for 15 minutes, to be fetched
by script (CORS) and shown as a blob; ``look_jpeg`` of a JPEG of it, which there is of HEIC and TIFF. The arrivals
function also gives ``{"counts": {set: waiting}}`` when ``set`` is missing.

``let_in`` ``{"set", "ids": [≤ 100]}`` or ``{"set", "all_of": who}`` or ``{"set", "everything": true}`` → ``{"let_in":
[id]}``.

``refuse`` likewise → ``{"refused": [id]}``; a photo that is shown already goes as well. Helpers leave out ``set``: it
is their event's, and decide about guests' photos alone. At most 500 photos are decided in a call; both are carried out
within seconds.
"""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.pace import Pace
from functions.site_parts import SiteParts, boto3_clients
from functions.uploads.adders import Adders
from functions.uploads.beginning import Beginning
from functions.uploads.contributions import Contributions
from functions.uploads.incoming import Incoming
from functions.uploads.open_sets import OpenSets
from functions.uploads.outcomes import Outcomes
from functions.uploads.senders import Sender, Senders, is_open
from functions.uploads.settling_queue import SettlingQueue
from functions.uploads.upload_call import (
    ADDED,
    BEGIN,
    EVENT,
    LET_IN,
    MINE,
    REFUSE,
    SETS,
    TAKE_BACK,
    WAITING,
    UploadCall,
    parse_upload_call,
)
from functions.uploads.upload_counts import UploadCounts
from functions.uploads.upload_limits import guest_limits
from functions.visitor_calls import answer_visitor

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_s3 import S3Client

# Somebody waits for the answer, and the page tries again by itself.
PATIENCE_SECONDS = 3.0
SORRY = "that didn't work: try again in a moment"
_pace = Pace()


@dataclass(frozen=True)
class Uploads:
    """Answers the calls that the uploads and the arrivals function share."""

    senders: Senders
    beginning: Beginning
    open_sets: OpenSets
    outcomes: Outcomes
    adders: Adders
    clock: Callable[[], float]

    def answer(self, call: UploadCall) -> dict[str, Any]:
        """The output of a visitor's call. Raises ``RequestError``, or whatever AWS raises."""
        if call.action == EVENT:
            return self._event(call)
        if call.action == ADDED:
            event = self.senders.find_event(call.credentials.get("event", ""))
            return {"by": self.adders.of(event.set_name, call.shown)}
        if call.action == SETS:
            return {"sets": self.open_sets.list(self.senders.names_of_sets(call.credentials))}
        if call.action in (WAITING, LET_IN, REFUSE):
            return self._decided(call, self.senders.helped_set(call.credentials), of_guests=True)
        return self._sent(
            call, self.senders.by_credentials(call.credentials, call.set_name, must_be_open=call.action == BEGIN)
        )

    def answer_owner(self, call: UploadCall) -> dict[str, Any]:
        """The output of the owner's call. Raises the same."""
        if call.action == SETS:
            return {"sets": self.open_sets.list(None)}
        if call.action == WAITING and not call.set_name:
            return {"counts": self.outcomes.count_waiting()}
        if call.action in (WAITING, LET_IN, REFUSE):
            return self._decided(call, call.set_name, of_guests=False)
        return self._sent(call, self.senders.owner(call.set_name))

    def _sent(self, call: UploadCall, sender: Sender) -> dict[str, Any]:
        if call.action == MINE:
            return self.outcomes.mine(sender, call.ids)
        if call.action == TAKE_BACK:
            return self.outcomes.take_back(sender, call.ids)
        return self.beginning.begin(sender, call.files, call.name)

    def _decided(self, call: UploadCall, set_name: str, *, of_guests: bool) -> dict[str, Any]:
        if call.action == WAITING:
            return self.outcomes.list_waiting(call, set_name)
        if call.action == LET_IN:
            return self.outcomes.let_in(call, set_name, of_guests=of_guests)
        return self.outcomes.refuse(call, set_name, of_guests=of_guests)

    def _event(self, call: UploadCall) -> dict[str, Any]:
        event = self.senders.find_event(call.credentials.get("event", ""))
        return {
            "set": event.set_name,
            "title": event.title or "",
            "at_once": bool(event.at_once),
            **({"closes_at": event.closes_at} if event.closes_at is not None else {}),
            "is_open": is_open(event, self.clock()),
            "limits": guest_limits(event),
            "is_public": not self.open_sets.photos.tables.access().is_private(event.set_name),
        }


@functools.cache
def _uploads() -> Uploads:
    clients = boto3_clients(Config(retries={"mode": "standard", "max_attempts": 3}))
    return wire(SiteParts(os.environ, clients, patience=PATIENCE_SECONDS))


@functools.cache
def for_browsers(endpoint: str | None) -> "S3Client":
    """A client whose forms and addresses lead browsers to S3: in its region, or at the ``endpoint`` of a laptop.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    style: Any = {"addressing_style": "path" if endpoint else "virtual", "us_east_1_regional_endpoint": "regional"}
    return boto3.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3v4", s3=style))


def wire(parts: SiteParts) -> Uploads:
    """What the function works with."""
    environment, clock, patience = parts.environment, parts.clock, parts.patience
    contributions = Contributions(parts.dynamodb, environment["CONTRIBUTIONS_TABLE"], clock, patience)
    incoming = Incoming(parts.s3, environment["INCOMING_BUCKET"], for_browsers(environment.get("KINPICS_API_URL")))
    return Uploads(
        senders=Senders(parts.access, parts.events, clock),
        beginning=Beginning(
            photos=parts.photos,
            contributions=contributions,
            incoming=incoming,
            counts=UploadCounts(parts.dynamodb, environment["LEDGER_TABLE"], clock, patience),
            daily_uploads=int(environment["DAILY_UPLOADS"]),
        ),
        open_sets=OpenSets(parts.photos),
        adders=Adders(parts.photos, contributions),
        outcomes=Outcomes(
            parts.photos,
            contributions,
            incoming,
            SettlingQueue(parts.sqs, environment["QUEUE_URL"], incoming.bucket),
            clock,
        ),
        clock=clock,
    )


# What is logged says nothing about people or photos (functions/visitor_calls.py).
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer a guest, a member or a helper."""
    _pace.wait()
    return answer_visitor(lambda: {"output": _uploads().answer(parse_upload_call(event))}, "UploadsFailed", SORRY)
