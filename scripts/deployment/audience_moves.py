"""Changes of audience on a deployed stack: rows move, and the lists of people follow. Pages follow with a publish."""

from collections.abc import Callable

from functions.access.moving import AudienceChange, AudienceChanges
from functions.people_queue import PeopleQueue
from scripts.common.stack import Stack


def changes_of(stack: Stack, follow: Callable[[AudienceChange], None] = lambda change: None) -> AudienceChanges:
    """What changes a stack's audiences. The people function is asked for a round after each change, then ``follow``."""

    def tell(change: AudienceChange) -> None:
        PeopleQueue(stack.sqs, stack.outputs.people_queue).go_on()
        follow(change)

    return AudienceChanges(stack.photos.tables, tell)
