"""Checks of the photos: what could not be processed, what does not agree, what is damaged, who asks to be removed."""

from pathlib import Path

from functions.access.audiences import ALBUM
from functions.access.moving import AudienceChanges
from functions.ceilings import PEOPLE, todays_ceiling
from local.state_folder import StateFolder
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.words import count
from scripts.health.finding import Finding
from scripts.health.integrity import list_earlier_versions, read_originals
from scripts.health.sampling import MAX_WHOLE, count_photos, look_at_sample
from scripts.health.stocktaking import look_for_drift
from scripts.people.catching_up import count_messages
from scripts.people.removal_requests import list_requests
from scripts.photos import dead_letter_queue
from scripts.photos.requesting import count_waiting

# How many lines of one kind are printed.
_MAX_LINES = 5


def check_dead_letters(stack: Stack) -> Finding:
    """Whether there are photos that could not be processed."""
    # A photo that was tried several times has several letters.
    keys = {letter.key for letter in dead_letter_queue.read(stack)}
    if not keys:
        return Finding("dead letters", "ok", "none")
    advice = "`kinpics dead-letters list` says which and why"
    return Finding("dead letters", "warning", f"{count(len(keys), 'photo')} could not be processed", advice)


def check_audiences(stack: Stack) -> Finding:
    """Whether a change of who may see a set was stopped halfway."""
    pending = AudienceChanges(stack.photos.tables).pending()
    if not pending:
        return Finding("audiences", "ok", "nobody is changing who may see what")
    names = ", ".join("the album" if name == ALBUM else name for name in pending)
    text = (
        f"who may see {names} is being changed, or was when it was stopped; until it is done, nothing there can change"
    )
    return Finding("audiences", "warning", text, "if nobody is at it, `kinpics reconcile` finishes it")


def check_people(stack: Stack) -> Finding:
    """Whether the people function has given up on anything, and whether its searches reach."""
    given_up = count_messages(stack, stack.outputs.people_dead_letter_queue)
    if given_up:
        text = f"the people function failed on {count(given_up, 'photo')}"
        return Finding("people", "wrong", text, "look at its log group, then run `kinpics people rebuild`")
    searches = todays_ceiling(stack.ledger, PEOPLE, int(stack.parameters.get("DailyPeople", 0)))
    text = f"{searches.used} of {searches.most} searches today to recognise people"
    if searches.is_reached:
        advice = "faces wait until 00:00 UTC; raise DailyPeople with `kinpics deploy --daily-people`"
        return Finding("people", "warning", text, advice)
    return Finding("people", "ok", text)


def check_removal_requests(stack: Stack) -> Finding:
    """Whether visitors wait for an answer."""
    waiting = len(list_requests(stack))
    if not waiting:
        return Finding("removal requests", "ok", "none")
    text = f"{count(waiting, 'visitor')} asked to be removed from search"
    return Finding("removal requests", "warning", text, "`kinpics people requests` lists them")


def check_agreement(stack: Stack, progress: Progress, file: Path, *, whole: bool) -> Finding:
    """Whether S3, tables and collection agree on all photos, or without ``whole`` on a sample of a large site's.

    A look at the whole of it goes on where an earlier one was stopped, which is kept in ``file``.
    """
    waiting = count_waiting(stack)
    if waiting:
        return Finding(
            "agreement",
            "warning",
            f"{count(waiting, 'photo')} still being processed",
            "run this again later",
        )
    total = count_photos(stack)
    is_sample = total > MAX_WHOLE and not whole
    found = look_at_sample(stack) if is_sample else look_for_drift(stack, progress, file if whole else None)
    of_all = f"a sample of {found.photos:,} of {total:,} photos"
    differences = found.drift
    dead_letter_queue.take_out(stack, differences.check)
    if len(differences):
        lines = list(differences.lines())
        more = f" and {len(lines) - _MAX_LINES} more" if len(lines) > _MAX_LINES else ""
        text = "; ".join(lines[:_MAX_LINES]) + more + (f" (in {of_all})" if is_sample else "")
        return Finding("agreement", "wrong", text, "run `kinpics reconcile`")
    if differences.unfinished:
        name, reason = min(differences.unfinished.items())
        more = f", and {len(differences.unfinished) - 1} more like it" if len(differences.unfinished) > 1 else ""
        advice = "upload what is missing, then run `kinpics reconcile`"
        return Finding("agreement", "warning", f"{name}: {reason}{more}", advice)
    of_all = of_all if is_sample else count(found.photos, "photo")
    text = f"S3, tables and collection agree on {of_all} with {count(found.faces, 'face')}"
    return Finding("agreement", "ok", text + ("; `kinpics doctor --all` looks at every one" if is_sample else ""))


def check_originals(stack: Stack, progress: Progress, file: Path, *, whole: bool) -> Finding:
    """Read originals: their bytes may be damaged although S3's listing looks as before. ``file`` as above."""
    checked = read_originals(stack, progress, file, whole=whole)
    read = count(checked.read, "photo") + (" read" if whole else f" of {checked.total} read")
    if not checked.damaged:
        more = "" if checked.read == checked.total else "; `kinpics doctor --originals all` reads every one"
        return Finding("originals", "ok", f"{read}, none damaged{more}")
    lines = []
    for path, reason in sorted(checked.damaged.items()):
        kept = len(list_earlier_versions(stack, path))
        lines.append(f"{path}: {reason}" + (f" ({count(kept, 'earlier version')} kept)" if kept else ""))
    text = f"{read}, {len(lines)} damaged: " + "; ".join(lines[:_MAX_LINES])
    more = f" and {len(lines) - _MAX_LINES} more" if len(lines) > _MAX_LINES else ""
    advice = "delete each and upload a good copy, or restore an earlier version (docs/deploying.md)"
    return Finding("originals", "wrong", text + more, advice)


def check_set_aside(data: Path) -> Finding:
    """Whether the laptop stack has set damaged files aside."""
    told = StateFolder(data).set_aside()
    return Finding("set aside", "warning" if told else "ok", told or "nothing")
