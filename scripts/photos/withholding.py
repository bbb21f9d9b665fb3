"""Takes the names of hidden and forgotten people out of the rows of photos that were processed before."""

from functions.withheld_names import HiddenNames, WithheldNames, rows_naming
from scripts.common.stack import Stack
from scripts.photos.dead_letter_queue import read_ids
from scripts.photos.requesting import ask_to_process
from scripts.photos.waiting import Outcome, processed_at, wait_again


def withhold_hidden_names(stack: Stack) -> int:
    """Have photos processed whose keywords name somebody who was hidden since this was done last.

    Returns how many they are. Nothing is paid for.
    """
    kept = HiddenNames(stack.s3, stack.outputs.thumbnails_bucket)
    hidden, taken_out = kept.read(), kept.read_taken_out()
    outcome = take_out(stack, WithheldNames(hidden)) if hidden - taken_out else Outcome()
    # Of those that failed, the next time tries again.
    if hidden != taken_out and not outcome.failures:
        kept.keep_taken_out(hidden)
    return len(outcome.done)


def take_out(stack: Stack, names: WithheldNames) -> Outcome:
    """Have photos processed whose rows have one of these names."""
    paths = list(rows_naming(stack.photos, names))
    if not paths:
        return Outcome()
    ignore = read_ids(stack)
    before = processed_at(stack, paths)
    ask_to_process(stack, paths, force=False)
    return wait_again(stack, before, ignore, lambda number: None)
