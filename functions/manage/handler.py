"""Entry point of the manage function, which the owner calls, signed in or with IAM credentials (docs/data.md)."""

import functools
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from functions.access.event_changes import Events
from functions.access.invitations import Invitations
from functions.access.limiting import Limiting
from functions.access.user_pool import UserPool
from functions.ceilings import INDEX, PEOPLE, REMOVAL, SEARCH
from functions.errors import KinpicsError
from functions.forgotten_people import ForgottenPeople
from functions.kept_regions import KeptRegions
from functions.manage.audience_moves import AudienceMoves, PeopleRoundCalls, refuse_to_withdraw
from functions.manage.forgetting_people import Removals
from functions.manage.later import Later
from functions.manage.letting_in import LettingIn
from functions.manage.manage_call import ManageCall, parse_manage_call
from functions.manage.site_manager import SiteManager
from functions.people.journal_table import JournalTable
from functions.people.owners_journal import OwnersJournal
from functions.people.people_files import PeopleFiles
from functions.people.people_lease import PeopleLease
from functions.people_queue import PeopleQueue
from functions.photo_originals import Originals
from functions.photo_writer import PhotoWriter
from functions.process_requests import ProcessRequests
from functions.removal.requests_table import MAX_DAILY_REQUESTS
from functions.site_parts import SiteParts, boto3_clients
from functions.unprocessed_photos import DeadLetters
from functions.visitor_calls import RequestError, answer_visitor
from functions.withdrawn_site import SiteBucket

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# How often boto3 itself tries a call again.
_MAX_RETRIES = 8
# The owner's page waits for a round of the people function, and for a busy table, for so many seconds.
_PATIENCE_SECONDS = 15.0
_ROUND_SECONDS = 100


@functools.cache
def _manager() -> SiteManager:
    config = Config(retries={"mode": "adaptive", "max_attempts": _MAX_RETRIES})
    # A round may take as long as this function; asked again meanwhile, it would only wait.
    once = Config(read_timeout=_ROUND_SECONDS, retries={"total_max_attempts": 1})
    clients = boto3_clients(config, **{"lambda": once})
    return wire(SiteParts(os.environ, clients, patience=_PATIENCE_SECONDS))


def wire(parts: SiteParts) -> SiteManager:
    """What the function works with."""
    environment, dynamodb, s3, sqs = parts.environment, parts.dynamodb, parts.s3, parts.sqs
    photos, images, access, ledger = parts.photos, parts.images, parts.access, parts.ledger
    # A laptop has no mail.
    pool = UserPool(parts.cognito, environment["USER_POOL"], sends_mail="KINPICS_API_URL" not in environment)
    thumbnails, site = environment["THUMBNAILS_BUCKET"], environment["SITE_BUCKET"]
    journal = OwnersJournal(
        table=JournalTable(dynamodb, environment["DECISIONS_TABLE"]),
        files=PeopleFiles(s3, thumbnails, site),
        lease=PeopleLease(dynamodb, environment["LEASES_TABLE"], parts.clock),
        queue=PeopleQueue(sqs, environment["PEOPLE_QUEUE_URL"]),
        patience=_PATIENCE_SECONDS,
    )
    writer = PhotoWriter(photos, images)
    return SiteManager(
        photos=photos,
        writer=writer,
        originals=Originals(s3, environment["PICS_BUCKET"]),
        letters=DeadLetters(sqs, environment["DEAD_LETTER_QUEUE_URL"], environment["PROCESS_QUEUE_URL"]),
        process=ProcessRequests(sqs, environment["PROCESS_QUEUE_URL"], environment["PICS_BUCKET"]),
        journal=journal,
        forgetting=Removals(
            client=dynamodb,
            s3=s3,
            requests_table=environment["REQUESTS_TABLE"],
            faces=parts.faces(),
            images=images,
            forgotten=ForgottenPeople(dynamodb, environment["FORGOTTEN_TABLE"]),
            ledger=ledger,
            regions=KeptRegions(s3, thumbnails),
            journal=journal,
        ),
        access=access,
        letting_in=LettingIn(
            access,
            Invitations(
                access,
                pool,
                Limiting(photos, refuse_to_withdraw),
                sign_up=environment["SIGN_UP"] == "yes",
                clock=parts.clock,
            ),
            Events(parts.events, writer, parts.clock),
        ),
        audiences=AudienceMoves(
            photos,
            SiteBucket(s3, site, parts.cloudfront, environment["DISTRIBUTION"]),
            PeopleRoundCalls(parts.lambda_, environment["PEOPLE_FUNCTION"]).make,
        ),
        ledger=ledger,
        most={
            SEARCH: int(environment["DAILY_SEARCHES"]),
            INDEX: int(environment["DAILY_INDEXING"]),
            PEOPLE: int(environment["DAILY_PEOPLE"]),
            REMOVAL: MAX_DAILY_REQUESTS,
        },
        later=Later(sqs, environment["QUEUE_URL"]),
        s3=s3,
        site_bucket=site,
    )


def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer the owner."""
    return answer_visitor(
        lambda: {"output": answer(_manager(), parse_manage_call(event))},
        "ManageFailed",
        "that didn't work: try again in a moment",
    )


def answer(manager: SiteManager, call: ManageCall) -> dict[str, Any]:
    """The output of a call. What went wrong in a way that somebody can act on is a ``RequestError``."""
    journal = replace(manager.journal, by=call.by or manager.journal.by)
    forgetting = replace(manager.forgetting, journal=journal)
    try:
        return replace(manager, journal=journal, forgetting=forgetting).answer(call)
    except RequestError:
        raise
    except KinpicsError as error:
        raise RequestError(409, error.code, str(error), values=error.values or None) from None
