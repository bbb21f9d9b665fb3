"""Whether a photo of one set may be shown in another: only where everybody who sees the other sees the first as well.

Pictures are served by the path of the original, and pages are the same for all who may see a set. So both sets have to
have the same audience by the same rule: both are like the site, or both have the same one of their own. Two links never
open the same sets, and a member may be limited to sets of which the first isn't one.
"""

from dataclasses import dataclass

from functions.access.audiences import LINK, PUBLIC, Access

_ONLY_IF = "and a photo is shown in two sets only if the same people see both"


@dataclass(frozen=True)
class Showing:
    """Who may see what: audiences, and the sets that each ``limited`` member may see."""

    access: Access
    limited: tuple[frozenset[str], ...] = ()

    def why_not(self, original: str, other: str) -> str | None:
        """Why a photo of the set ``original`` can't be shown in ``other``; None if it can."""
        audiences = self.access.sets.get(original), self.access.sets.get(other)
        if audiences[0] != audiences[1]:
            own = other if audiences[1] else original
            return f"{own} has an audience of its own, {_ONLY_IF}"
        if audiences[0] == LINK:
            return f"{original} and {other} have links of their own, {_ONLY_IF}"
        if self.is_split(original, other):
            return (
                f"somebody was invited to {other} but not to {original}, and a photo is shown only to those who may "
                "see its own set"
            )
        return None

    def is_split(self, original: str, other: str) -> bool:
        """Whether a member may see the set ``other`` alone, and the photo's own not everybody."""
        if self.access.audience_of(original) == PUBLIC and not self.access.is_moving(original):
            return False
        return any(other in sets and original not in sets for sets in self.limited)
