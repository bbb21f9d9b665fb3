"""Rows of photos that came from browsers: table ``contributions``."""

from dataclasses import dataclass

from functions.table_rows import Row, described

# How long rows are kept of uploads that never arrived, and of photos that are gone.
KEEP_BEGUN_DAYS = 2
KEEP_REFUSED_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Contribution(Row):
    """A photo that somebody sent from a browser, and what became of it. Visitors reach it through functions alone."""

    set_name: str = described("The set it was sent to.")
    id: str = described("`who`, a dot, and the SHA-256 of the file: the same photo sent twice is one row.")
    who: str | None = described(
        "`owner`; `m` and a member's id; or `g` and the first 32 hex digits of the SHA-256 of the event's id, `/` and "
        "what the guest's browser keeps.",
        default=None,
    )
    name: str | None = described("The first name that a guest gave.", default=None)
    event: str | None = described("The id of the event that a guest came by.", default=None)
    file: str | None = described(
        "The file's name: as sent, or once it is shown, as the set has it. Gone with a photo that is gone.",
        default=None,
    )
    size: int | None = described("The file's size in bytes.", default=None)
    state: str | None = described(
        "`begun` (not arrived yet), `waiting` (for the owner), `let_in` (about to be shown), `shown`, `there` (the set "
        "had it before), `failed`, `refused` or `taken_back`.",
        default=None,
    )
    code: str | None = described("Why it failed, for programs.", default=None)
    message: str | None = described("Why it failed, for people.", default=None)
    begun_at: int | None = described("When it was announced (seconds since 1970).", default=None)
    at: str | None = described("When the state last changed (ISO 8601, UTC).", default=None)
    waits_in: str | None = described(
        "The set's name, as long as the photo waits: the key of index `waiting`.", default=None
    )
    waits_since: str | None = described("Sort key of that index: when it began to wait, and the id.", default=None)
    expires_at: int | None = described(
        f"When the row expires (seconds since 1970): {KEEP_BEGUN_DAYS} days after an upload that never arrived or "
        f"failed, {KEEP_REFUSED_DAYS} after a photo is gone.",
        default=None,
    )

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, in hex."""
        return self.id.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class PlacedPhoto(Row):
    """A photo of a set that came from a browser, by its content: whoever sends the same one has a part in it."""

    set_name: str = described("The set that it is in.")
    id: str = described("`photo.` and the SHA-256 of the file.")
    file: str | None = described("Its file name in the set.", default=None)
    by: set[str] | None = described(
        "Ids of the contributions it comes from; it goes with the last of them.", default=None
    )
    code: str | None = described("Why it can't be shown, for programs: whoever sends it next reads so.", default=None)
    message: str | None = described("The same for people.", default=None)
    failed_at: int | None = described(
        f"When that was found (seconds since 1970): after {KEEP_BEGUN_DAYS} days it is tried again.", default=None
    )
