"""Changing who may see the site or a set, and making everything follow: lists of people, pages, CloudFront's copies."""

from collections.abc import Callable
from dataclasses import dataclass

from functions.access.audiences import ALBUM, PUBLIC, Access
from functions.access.moving import AudienceChange, AudienceChanges
from functions.access.secret_links import LINK_PATH, drop_useless_links, has_link, link_to
from functions.addresses import page_paths
from functions.dates import timestamp
from functions.keys import check_set_name
from functions.photo_originals import delete_entries
from functions.photo_page import read_page_key
from scripts.common.bucket import list_objects
from scripts.common.stack import Stack
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish
from scripts.people.catching_up import wait_until_recognised
from scripts.people.people_calls import PeopleCalls

# Another round may be at work for so long.
_STALLED_SECONDS = 300.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class SetAudience:
    """Who may see a set. ``is_own`` if it differs from the site; ``is_moving`` while its rows are on their way."""

    name: str
    audience: str
    is_own: bool
    is_moving: bool
    photos: int


def list_audiences(stack: Stack) -> tuple[Access, list[SetAudience]]:
    """Who may see what: sets by name, those included that have an audience and no photo yet."""
    access = stack.photos.tables.refresh()
    photos = {row.sortkey: row.pic_count or 0 for row in stack.photos.list_sets()}
    sets = [
        SetAudience(name, access.audience_of(name), name in access.sets, access.is_moving(name), photos.get(name, 0))
        for name in sorted(photos.keys() | access.sets.keys())
    ]
    return access, sets


def change_audience(stack: Stack, of: str, audience: str | None, tell: Tell) -> AudienceChange | None:
    """Let an audience see a set or, where ``of`` is ``ALBUM``, the site; with None, whoever may see the site.

    ``tell`` is told what is being done. None if nothing had to change. Raises ``BadNameError``, ``AudienceBusyError``,
    ``BuildError``; called again, it goes on.
    """
    if of != ALBUM:
        check_set_name(of)
    if audience not in (None, PUBLIC):
        stack.access.ensure_key(timestamp())
    change = _changes(stack, tell).change(of, audience)
    known = stack.access.get_audience(ALBUM) if of == ALBUM else None
    if known and known.configured and audience:
        stack.access.note_configured(audience)
    return change


def settle_audience(stack: Stack, audience: str, tell: Tell) -> None:
    """After a deployment: let ``audience`` see the site, if one is given, and finish what was stopped halfway.

    Raises as `change_audience` does.
    """
    settle_configured(_changes(stack, tell), audience, tell)


def settle_configured(changes: AudienceChanges, audience: str, tell: Tell) -> None:
    """Let ``audience`` see the site, unless it was given the last time too or is empty, and finish other changes.

    What was given the last time doesn't count again: the owner may have changed it on the site's pages since. Raises
    ``AudienceBusyError``.
    """
    access = changes.tables.access_table
    access.ensure_key(timestamp())
    known = access.get_audience(ALBUM)
    is_new = bool(audience) and (known is None or known.configured != audience)
    if not is_new or changes.change(ALBUM, audience) is None:
        changes.finish()
    if is_new:
        access.note_configured(audience)
    elif known and audience and known.known_audience != audience:
        tell(
            f"note: kinpics.toml says {audience}, but who may see the site was changed at /owner/ to "
            f"{known.known_audience}, which stays: `kinpics audience --site {audience}` changes it back"
        )


def finish_changes(stack: Stack, tell: Tell = lambda text: None) -> list[AudienceChange]:
    """Finish the changes that were stopped halfway. Raises as `change_audience` does."""
    return _changes(stack, tell).finish()


def _changes(stack: Stack, tell: Tell) -> AudienceChanges:
    told: set[str] = set()

    def withdraw(sets: set[str]) -> None:
        # Asked again once the rows have gone, which is no news.
        take_down(stack, sets, (lambda text: None) if sets <= told else tell)
        told.update(sets)

    return AudienceChanges(
        stack.photos.tables, follow=lambda change: _follow(stack, change, tell), withdrawing=withdraw
    )


def take_down(stack: Stack, sets: set[str], tell: Tell) -> None:
    """Delete the pages of sets that show photos of others and will no longer: scripts show them until they are made
    anew, which a command that is stopped leaves to the next."""
    if not sets:
        return
    names = " and ".join(sorted(sets))
    tell(f"{names} showed photos of other sets too, and no longer does: not all who see it may see these photos now")
    folders = [f"sets/{name}/" for name in sorted(sets)]
    keys = (item["Key"] for folder in folders for item in list_objects(stack.s3, stack.outputs.site_bucket, folder))
    old = [key for key in keys if not key.endswith("/people.json") and read_page_key(key) is None]
    delete_entries(stack.s3, stack.outputs.site_bucket, [{"Key": key} for key in old])
    stack.invalidate(page_paths(old))


def _follow(stack: Stack, change: AudienceChange, tell: Tell) -> None:
    """Make links, lists of people and pages what they should be now; may be called twice for the same change."""
    drop_useless_links(stack.access)
    if change.rows:
        tell(f"{count(change.rows, 'photo')} moved; bringing people and pages up to date")
    # Pages are made from what this round writes.
    if not PeopleCalls(stack).call("round")["shown"]:
        wait_until_recognised(stack, _STALLED_SECONDS)
    build_and_publish(stack)


def link_for(stack: Stack, of: str) -> str | None:
    """The address to send to those who may see a set or, where ``of`` is ``ALBUM``, the site; None if no link opens
    it."""
    is_there = has_link(stack.access.read_access(), of)
    return stack.shared_address(LINK_PATH + link_to(stack.access, of)) if is_there else None
