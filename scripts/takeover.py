"""Take over what an earlier release kept elsewhere; run after each deployment, and by `kinpics reconcile`.

The first release kept forgotten people in a partition of table `matches`. They are copied into their own table, then a
row there says so; until then the process function reads both, so that nobody is indexed again in between. What was
copied is removed once no photo is being processed, for a function of the first release may be at work still.
"""

from functions.faces import ALBUM
from functions.forgotten import MOVED
from functions.shapes import FORGOTTEN
from scripts.stack import Stack


def take_over(stack: Stack) -> None:
    """Copy what an earlier release left, once."""
    table = stack.outputs["ForgottenTable"]
    moved = {"kind": FORGOTTEN, "id": MOVED}
    if "Item" in stack.dynamodb.get_item(TableName=table, Key=moved, ConsistentRead=True):
        return
    for entry in stack.forgotten.first_entries():
        stack.dynamodb.put_item(TableName=table, Item=entry.to_item())
    # Answers that the first release kept may name the faces of the forgotten.
    stack.ledger.changed(ALBUM)
    stack.dynamodb.put_item(TableName=table, Item=moved)


def clear_up(stack: Stack) -> None:
    """Remove what has been taken over; to be called while no photo is being processed."""
    take_over(stack)
    for entry in stack.forgotten.first_entries():
        key = {"identity_id": FORGOTTEN, "kind": entry.id}
        stack.dynamodb.delete_item(TableName=stack.outputs["MatchesTable"], Key=key)
