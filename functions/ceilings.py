"""Today's ceilings: how much of what a day has is used up."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.ledger import Ledger, allowed_by, next_allowed

# What is counted, as the ledger calls it; a day's searches and removal requests are released hour by hour.
SEARCH, INDEX, PEOPLE, REMOVAL = "search", "index", "people", "removal"
_BY_HOUR = frozenset({SEARCH, REMOVAL})
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Ceiling:
    """So many of ``most`` were ``used`` today, and ``allowed`` until a moment in seconds since 1970, None for ever."""

    purpose: str
    used: int
    most: int
    allowed: int
    until: float | None

    @property
    def is_reached(self) -> bool:
        """Whether there is no more for now."""
        return self.used >= self.allowed


def todays_ceiling(ledger: Ledger, purpose: str, most: int) -> Ceiling:
    """How a day's ceiling stands."""
    now = ledger.clock()
    used = ledger.read_count(purpose)
    if purpose in _BY_HOUR:
        return Ceiling(purpose, used, most, allowed_by(most, now), next_allowed(most, now))
    return Ceiling(purpose, used, most, most, (now // _DAY_SECONDS + 1) * _DAY_SECONDS if most else None)


def todays_ceilings(ledger: Ledger, ceilings: Mapping[str, int]) -> list[Ceiling]:
    """How each of the ``ceilings``, by purpose, stands."""
    return [todays_ceiling(ledger, purpose, most) for purpose, most in ceilings.items()]
