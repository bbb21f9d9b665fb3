"""Rows about visitors: a lookalike that was found, a removal request, somebody who was forgotten."""

from dataclasses import dataclass
from typing import Any

from functions.table_rows import Row, described

# How long a visitor's last lookalike and removal request are kept; the lookalike page says a year.
KEEP_OWN_ROWS_DAYS = 365
# One face is enough to know a person by; more are for the owner to look at.
MAX_REQUEST_FACES = 100
MAX_REQUEST_MESSAGE = 500
# Partition of table `forgotten`.
FORGOTTEN = "forgotten"


@dataclass(frozen=True, kw_only=True)
class LookalikeResult(Row):
    """A visitor's last lookalike, written by the visitor's own browser. Never a picture of the visitor."""

    identity_id: str = described("The visitor's Cognito identity; nobody else may read or write the row.")
    kind: str = described("Always `lookalike`.", default="lookalike")
    made_at: str = described("When it was found (ISO 8601, UTC).")
    expires_at: int = described(f"When it expires (seconds since 1970): after {KEEP_OWN_ROWS_DAYS} days.")
    people: list[Any] = described(
        "The most similar people first: `person`, `similarity`, `portrait` (its path), `width`, `height`, and if "
        "there are any `credit`, `licence`, `url`."
    )
    gallery: str | None = described("The name of the gallery they are in; missing for `celebrities`.", default=None)


@dataclass(frozen=True, kw_only=True)
class RemovalRequest(Row):
    """A visitor's request to be removed from search. Only the removal function writes it; granting it deletes it."""

    identity_id: str = described("The visitor's Cognito identity; a visitor's new request replaces the old one.")
    made_at: str = described("When it was made (ISO 8601, UTC), by the function's clock.")
    expires_at: int = described(f"When it expires (seconds since 1970): after {KEEP_OWN_ROWS_DAYS} days.")
    face_ids: list[Any] = described(f"Faces on the site that the visitor says are theirs, at most {MAX_REQUEST_FACES}.")
    message: str | None = described(
        f"What the visitor wants the owner to know, at most {MAX_REQUEST_MESSAGE} characters.", default=None
    )


@dataclass(frozen=True, kw_only=True)
class Forgotten(Row):
    """A reference face, by which the site recognises a person who must not be indexed again."""

    kind: str = described("Always `forgotten`.", default=FORGOTTEN)
    id: str = described(
        "Id of the face, which is in the album's collection under an external image id that no photo has."
    )
    person: str = described("The same for all faces that were forgotten together.")
    made_at: str = described("When the owner granted it (ISO 8601, UTC).")
    names: list[Any] | None = described(
        "The person's names, each as the SHA-256 of `person`, a space and the name in small letters: they aren't taken "
        "from files any more.",
        default=None,
    )
