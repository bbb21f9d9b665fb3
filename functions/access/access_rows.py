"""The rows of table ``access``: who may see the album, who was let in, and what is open to guests."""

import base64
from dataclasses import dataclass
from typing import Any

from functions.access.audiences import ALBUM
from functions.table_rows import Row, described

# How long a private address stays after the last visit, and by how many faces it knows whose it is.
KEEP_POSTED_DAYS = 365
MAX_POSTED_FACES = 3
# Partition of private addresses.
POSTED = "posted"


@dataclass(frozen=True, kw_only=True)
class AudienceRow(Row):
    """Who may see the album, or a set that differs from it. A set without a row inherits the album's audience."""

    kind: str = described("Always `audience`.", default="audience")
    id: str = described("The set's name; `/` for the album.")
    audience: str | None = described(
        "`public`, `link` or `members`; missing if the set inherits and has this row because it moves.", default=None
    )
    moving: str | None = described(
        "While the set's rows, or those of all sets that inherit, move between `pics` and `private_pics`: where they "
        "come from, `public` or `private`.",
        default=None,
    )
    becomes: str | None = described(
        "While they move: the audience once they have arrived; `inherited` for a set that will have none of its own.",
        default=None,
    )
    configured: str | None = described(
        "Of the album: what `kinpics.toml` said when it was last deployed. As long as it says the same, a deployment "
        "leaves the audience as the owner has changed it since.",
        default=None,
    )

    @property
    def known_audience(self) -> str | None:
        """The audience; the narrowest for one that this release can't read."""
        if self.audience is None and "audience" not in self.unread:
            return None
        return self.audience if self.audience in ("public", "link", "members") else "members"


@dataclass(frozen=True, kw_only=True)
class LinkRow(Row):
    """A secret link to the album or to a set."""

    kind: str = described("Always `link`.", default="link")
    id: str = described("The first 32 hex digits of the SHA-256 of its secret.")
    opens: str = described("The set that it opens; `/` for the album.")
    secret: str | None = described("The secret itself, so that the owner can show the link again.", default=None)
    made_at: str | None = described("When it was made (ISO 8601, UTC).", default=None)


@dataclass(frozen=True, kw_only=True)
class MemberRow(Row):
    """Somebody the owner has invited."""

    kind: str = described("Always `member`.", default="member")
    id: str = described("Cognito's `sub` without its dashes.")
    email: str | None = described("Where the invitation went.", default=None)
    sets: list[Any] | None = described("The sets they may see; missing for all.", default=None)
    may_add: bool | None = described("Whether they may add photos.", default=None)
    is_owner: bool | None = described("Whether this is the owner, who sees everything.", default=None)
    owner_since: int | None = described(
        "When they first came as an owner (seconds since 1970): what they signed in with before doesn't say that they "
        "are one.",
        default=None,
    )
    since: int = described("Passes made before this time don't count any more (seconds since 1970).", default=0)
    invited_at: str | None = described("When they were invited (ISO 8601, UTC).", default=None)


@dataclass(frozen=True, kw_only=True)
class LimitsRow(Row):
    """Makes sure that no photo is shown in another set while a member is limited to that set, and the reverse."""

    kind: str = described("Always `limits`.", default="limits")
    id: str = described("Always `/`.", default=ALBUM)
    version: int = described(
        "Goes up with each member that is limited to sets, and with each photo that a set shows from another that "
        "isn't public: whoever does either has looked at the other.",
        default=0,
    )


@dataclass(frozen=True, kw_only=True)
class KeyRow(Row):
    """A key that passes are made with; the newest makes new ones."""

    kind: str = described("Always `key`.", default="key")
    id: str = described("Its id, in each pass.")
    secret: str = described("32 random bytes, base64.")
    made_at: str | None = described("When it was made (ISO 8601, UTC).", default=None)

    @property
    def key(self) -> bytes:
        """The key itself."""
        return base64.b64decode(self.secret)


@dataclass(frozen=True, kw_only=True)
class EventRow(Row):
    """A set that is open to guests who have the event's secret, from its poster or a table card."""

    kind: str = described("Always `event`.", default="event")
    id: str = described("The first 32 hex digits of the SHA-256 of its secret.")
    set_name: str = described("The set that guests add to.")
    title: str | None = described("The title that guests see; without one, the set's own.", default=None)
    at_once: bool | None = described("Whether photos are shown at once; else they wait for the owner.", default=None)
    closes_at: int | None = described(
        "When it closes (seconds since 1970); missing for an event that the owner closes.", default=None
    )
    limits: dict[str, Any] | None = described(
        "What differs from the usual limits of a day: `guest_files` and `guest_bytes` for each guest, `files` and "
        "`bytes` for the set.",
        default=None,
    )
    helpers: list[Any] | None = described(
        "Ids of the members who may also let photos in, or refuse them.", default=None
    )
    secret: str | None = described("The secret itself, so that the owner can print the poster again.", default=None)
    made_at: str | None = described("When it was made (ISO 8601, UTC).", default=None)


@dataclass(frozen=True, kw_only=True)
class PostedAddress(Row):
    """A private address that shows somebody's photos, new ones too. Its secret is in the visitor's hands alone."""

    kind: str = described("Always `posted`.", default=POSTED)
    id: str = described("The first 32 hex digits of the SHA-256 of its secret.")
    faces: list[Any] = described(
        f"Whose photos: at most {MAX_POSTED_FACES} faces in photos of the site, each as `photo` (SHA-256 of the "
        "original) and `box` (left, top, width, height, in fractions of the upright photo), the surest "
        "first. Nothing of a selfie.",
        default_factory=list[Any],
    )
    language: str = described("The language of its feed.", default="en")
    made_at: str = described("When it was made (ISO 8601, UTC).", default="")
    expires_at: int = described(
        f"When it expires (seconds since 1970): {KEEP_POSTED_DAYS} days after its page was last opened.", default=0
    )


# The rows of table `access`, by their partition.
ACCESS_KINDS: "dict[str, type[Row]]" = {"audience": AudienceRow, "key": KeyRow, "link": LinkRow, "member": MemberRow}
