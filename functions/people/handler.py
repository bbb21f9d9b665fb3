"""Entry point of the people function: photos that the process function has told of, and the owner's calls.

From its queue it gets a batch of messages and makes one round for all of them; the batch is tried again as a whole. The
owner, signed in or with IAM credentials, invokes it with an action (docs/data.md). One round runs at a time. A round
that has made its searches asks for another one by a message.
"""

import contextlib
import functools
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from functions.forgotten_people import ForgottenPeople
from functions.kept_regions import KeptRegions
from functions.ledger import CeilingReachedError
from functions.people.decision_fields import DecisionError
from functions.people.journal_table import JournalTable
from functions.people.owner_call import (
    DECIDE,
    FACES,
    HISTORY,
    PEOPLE,
    PERSON,
    PHOTO,
    ROUND,
    OwnerCall,
    parse_owner_call,
)
from functions.people.people_files import PeopleFiles
from functions.people.people_lease import PeopleLease, RoundTakenError
from functions.people.people_portraits import PeoplePortraits
from functions.people.people_round import Budget, PeopleRounds
from functions.people_queue import PeopleQueue, read_paths
from functions.posted_table import PostedTable
from functions.site_parts import SiteParts, boto3_clients
from functions.visitor_calls import RequestError, answer_visitor, without_values
from functions.withheld_names import HiddenNames

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

metrics = Metrics()


# How often boto3 itself tries a call again.
MAX_RETRIES = 8
# A round of the queue's searches for so long, so that the owner never waits long for a turn.
_SEARCH_SECONDS = 15.0
# How long it then makes portraits: a hundred and more a second, so few sites need a second round for them.
_PORTRAIT_SECONDS = 15.0
_ANY_NUMBER = 10_000
# Somebody waits for the round after a decision: it makes so many searches, and the next ones are made without them.
_OWNERS_SEARCHES = 3
_OWNERS_PORTRAIT_SECONDS = 2.0
# Of a call's time, what may go into waiting for a round that is at work.
_PATIENCE = 0.5
_OWNERS_PATIENCE_SECONDS = 8.0
_SECOND = 1000
# The platform where the engine compares a face with all those of its person (docs/rekognition.md).
_LAPTOP = "laptop"


@dataclass(frozen=True)
class People:
    """What the function works with."""

    rounds: PeopleRounds
    queue: PeopleQueue
    lease: PeopleLease

    def take(self, messages: list[str], owner: str, seconds: float) -> None:
        """A round for messages of the queue. Raises ``RoundTakenError``, or whatever AWS raises: to be tried again."""
        with self.lease.held(owner, seconds, seconds * _PATIENCE):
            budget = Budget(_ANY_NUMBER, _SEARCH_SECONDS, _PORTRAIT_SECONDS)
            spent = self.rounds.run(read_paths(messages), budget)
        if spent.has_more:
            self.queue.go_on()

    def answer(self, call: OwnerCall, owner: str, seconds: float) -> dict[str, Any]:
        """The output of an owner's call. Raises ``RequestError``, or whatever AWS raises."""
        if call.action == DECIDE:
            return self._decide(call, owner, seconds)
        if call.action == ROUND:
            return {"shown": self._show(owner, seconds)}
        known = self.rounds.known()
        if call.action == FACES:
            return known.faces(call.faces)
        if call.action == PEOPLE:
            return known.people()
        if call.action == PERSON:
            return known.person(call.person)
        if call.action == PHOTO:
            return known.photo(call.path)
        if call.action == HISTORY:
            return known.history(call.limit, call.before)
        return known.questions(call.limit, call.skip)

    def _decide(self, call: OwnerCall, owner: str, seconds: float) -> dict[str, Any]:
        """Keep decisions, then make a round. Where another one is at work for long, the next one takes them in."""
        try:
            events = self.rounds.decide(call.events, call.by)
        except DecisionError as error:
            values = error.values or None
            raise RequestError(400, error.code, str(error), decision=error.number, values=values) from None
        return {
            "events": [json.loads(event.to_json()) for event in events],
            "shown": self._show(owner, seconds),
        }

    def _show(self, owner: str, seconds: float) -> bool:
        """Make the round after which visitors see what has changed; whether it was made before the call ended."""
        is_shown = True
        try:
            with self.lease.held(owner, seconds, _OWNERS_PATIENCE_SECONDS):
                budget = Budget(_OWNERS_SEARCHES, _SEARCH_SECONDS, _OWNERS_PORTRAIT_SECONDS)
                spent = self.rounds.run((), budget)
        except RoundTakenError:
            is_shown = False
        if not is_shown or spent.has_more:
            self.queue.go_on()
        return is_shown


@functools.cache
def _people() -> People:
    return wire(SiteParts(os.environ, boto3_clients(Config(retries={"mode": "adaptive", "max_attempts": MAX_RETRIES}))))


def wire(parts: SiteParts) -> People:
    """What the function works with."""
    environment, dynamodb, s3 = parts.environment, parts.dynamodb, parts.s3
    thumbnails, site = environment["THUMBNAILS_BUCKET"], environment["SITE_BUCKET"]

    def pay() -> None:
        try:
            parts.ledger.count("people", int(environment["DAILY_PEOPLE"]))
        except CeilingReachedError:
            _note("CeilingReached")
            raise
        _note("PaidCalls")

    rounds = PeopleRounds(
        photos=parts.photos,
        access=parts.access,
        regions=KeptRegions(s3, thumbnails),
        journal=JournalTable(dynamodb, environment["DECISIONS_TABLE"]),
        files=PeopleFiles(s3, thumbnails, site),
        portraits=PeoplePortraits(parts.photos, s3, thumbnails, site),
        faces=parts.faces(pay),
        hidden=HiddenNames(s3, thumbnails),
        forgotten=ForgottenPeople(dynamodb, environment["FORGOTTEN_TABLE"]),
        posted=PostedTable(dynamodb, environment["ACCESS_TABLE"], parts.clock),
        # A laptop alone knows its own addresses.
        site_url=environment["SITE_URL"] or environment.get("KINPICS_SITE_URL", ""),
        is_one_sided=environment["PLATFORM"] == _LAPTOP,
    )
    lease = PeopleLease(dynamodb, environment["LEASES_TABLE"], parts.clock)
    return People(rounds, PeopleQueue(parts.sqs, environment["QUEUE_URL"]), lease)


# What is logged says nothing about people (functions/visitor_calls.py).
@metrics.log_metrics
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Take a batch of the queue, or answer the owner."""
    _note("PeopleCalls")
    owner, seconds = context.aws_request_id, context.get_remaining_time_in_millis() / _SECOND
    if isinstance(event, dict) and "Records" in event:
        return _take(event["Records"], owner, seconds)
    return answer_visitor(
        lambda: {"output": _people().answer(parse_owner_call(event), owner, seconds)},
        "PeopleFailed",
        "that didn't work: try again in a moment",
    )


def _take(records: list[dict[str, Any]], owner: str, seconds: float) -> dict[str, Any]:
    """SQS's partial batch response: all of a batch, or none, comes again."""
    try:
        _people().take([record["body"] for record in records], owner, seconds)
    except Exception as error:
        print(json.dumps({"level": "ERROR", "failed": "PeopleRound", **without_values(error)}))
        with contextlib.suppress(Exception):  # if that fails too, they come again after the queue's visibility timeout
            _people().queue.give_out_again(records)
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}
    return {"batchItemFailures": []}


def _note(metric: str) -> None:
    metrics.add_metric(metric, MetricUnit.Count, 1)
