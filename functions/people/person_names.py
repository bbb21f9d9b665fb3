"""Names of people: what can be one, when two are the same, and how they read in an address."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from functions.errors import KinpicsError
from functions.photo_texts import DIRECTIONS

MAX_NAME = 80
# A part of an address is a folder of the site on a laptop, where names end at 255 bytes; a number may follow.
_MAX_SLUG_BYTES = 200
_WITHOUT_LETTERS = "person"
# Of a text, at most so much is looked at: a letter may have accents by the thousand.
_READ = 500


class PersonNameError(KinpicsError):
    """A text that can't be anybody's name; the message says why."""


def person_name(text: object) -> str:
    """The name that a text gives: NFC, without space around it. Raises ``PersonNameError``."""
    if not isinstance(text, str):
        raise PersonNameError("a name has to be a text")
    name = " ".join(unicodedata.normalize("NFC", text[:_READ]).split())
    if len(text) > _READ or len(name) > MAX_NAME:
        raise PersonNameError(
            f"{name[:20]!r}… is too long for a name: at most {MAX_NAME} characters fit",
            code="NameTooLong",
            values={"most": MAX_NAME},
        )
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in DIRECTIONS for char in name):
        raise PersonNameError(f"{name!r} has a character that can't be seen: type the name by hand", code="NameUnseen")
    if all(unicodedata.category(char)[0] in "CZM" for char in name):
        raise PersonNameError("a name can't be empty", code="NameEmpty")
    return name


def slugs_of(names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Each person's part of an address, by id, from pairs of id and name: whose id sorts first has it without a number.

    It holds small letters, digits and hyphens, and other scripts as they are.
    """
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    tried: dict[str, int] = {}
    for person, name in sorted(names):
        plain = slug = _slug(name)
        number = tried.get(plain, 1)
        while slug in taken:
            number += 1
            slug = f"{plain}-{number}"
        tried[plain] = number
        taken.add(slug)
        slugs[person] = slug
    return slugs


def _slug(name: str) -> str:
    letters: list[str] = []
    # Some characters fold to capitals: U+210C to H.
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()):
        if unicodedata.category(char)[0] in "LN":
            letters.append(char)
        elif unicodedata.category(char)[0] != "M":
            letters.append("-")
        # Accents are left out over Latin letters only: elsewhere they make another word.
        elif letters and not letters[-1].isascii():
            letters.append(char)
    words = "-".join(re.findall(r"[^-]+", "".join(letters)))
    slug = unicodedata.normalize("NFC", words).encode()[:_MAX_SLUG_BYTES].decode(errors="ignore").rstrip("-")
    return slug or _WITHOUT_LETTERS
