"""A stack's removal requests and forgotten people (`functions/manage/forgetting_people.py`)."""

from functions.kept_regions import KeptRegions
from functions.manage.forgetting_people import Removals
from functions.visitor_rows import RemovalRequest
from scripts.common.stack import Stack
from scripts.deployment.migration import migrate
from scripts.people.site_journal import journal_of


def forgetting_of(stack: Stack) -> Removals:
    """What forgets people on a stack's site; rows of an earlier release are where they belong by then."""
    migrate(stack)
    return Removals(
        client=stack.dynamodb,
        s3=stack.s3,
        requests_table=stack.outputs.requests_table,
        faces=stack.faces,
        images=stack.images,
        forgotten=stack.forgotten,
        ledger=stack.ledger,
        regions=KeptRegions(stack.s3, stack.outputs.thumbnails_bucket),
        journal=journal_of(stack),
    )


def list_requests(stack: Stack) -> list[RemovalRequest]:
    """The open removal requests, oldest first."""
    return forgetting_of(stack).list_requests()
