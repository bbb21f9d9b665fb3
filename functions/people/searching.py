"""The searches of one round: kept answers where they tell of every face, else paid ones."""

from functions.people.evidence import ANY, Evidence, FaceGoneError, Search, SearchesUsedUpError


class Searching:
    """Evidence, and the way to more of it. What can't be had in this round stays open for the next.

    ``is_one_sided`` says that the engine compares a face with all those of its person, so that outdated answers are
    searched again.
    """

    def __init__(self, evidence: Evidence, search: Search, *, is_one_sided: bool = False):
        self._evidence = evidence
        self._search = search
        self._is_one_sided = is_one_sided
        self._asked: set[str] = set()
        self._is_used_up = False
        # How many searches were made.
        self.made = 0

    def catch_up(self) -> None:
        """Search each new face, where those are fewer than the searched faces that don't know of them.

        Otherwise `alike` searches the latter again, as it comes to them.
        """
        behind = [face for face in sorted(self._evidence.in_use) if not self._evidence.is_complete(face)]
        new = self._evidence.unknown_to(behind)
        if len(new) <= len(behind):
            for face in new:
                self._pay(face)

    def alike(self, face: str, least: float = ANY) -> list[tuple[str, float]] | None:
        """Faces whose odds with this one are at least ``least``, with these: as far as the round's searches go.

        None where nothing is known.
        """
        self._asked.add(face)
        if not self._evidence.is_complete(face) or (self._is_one_sided and self._evidence.is_outdated(face)):
            self._pay(face)
        return self._evidence.alike(face, least) if self._evidence.is_searched(face) else None

    def is_finished(self) -> bool:
        """Whether nothing that was asked for is open. Also keeps in mind what was asked for, for `catch_up`."""
        self._evidence.in_use = frozenset(face for face in self._asked if self._evidence.is_searched(face))
        return not self._is_used_up

    def _pay(self, face: str) -> None:
        if self._is_used_up or face in self._evidence.missing:
            return
        try:
            found = self._search(face)
        except SearchesUsedUpError:
            self._is_used_up = True
        except FaceGoneError:
            self._evidence.missing.add(face)
        else:
            self.made += 1
            self._evidence.keep(face, found)
