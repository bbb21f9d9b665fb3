"""The faces there are, by what is decided about them: whose they are, and who each of the others can't be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from functions.people.hanging import Hung
from functions.people.inventory import Face, Inventory, PhotoFaces

# Sharpness, in percent, of a face whose row doesn't say.
_USUAL_SHARPNESS = 50.0
# In pixels; a wider face shows no more.
_WIDE_FACE = 200.0
_DAY = len("2026-06-14")


class FacesOfToday:
    """Faces by id: ``known`` whose they are by somebody's decision, ``open`` those to recognise.

    ``births`` are dates (YYYY-MM-DD) by person. ``place`` numbers the faces by photo and box: it decides between faces
    that are equal otherwise. Their ids can't, because another engine or another site gives the same faces other ids.
    """

    def __init__(self, inventory: Inventory, hung: Hung, births: Mapping[str, str]):
        self.photo_of = inventory.path_of
        self.known: dict[str, list[str]] = defaultdict(list)
        self.open: dict[str, str] = {}
        self._births = births
        self._rejected = hung.rejected
        self._taken_at = {path: photo.taken_at for path, photo in inventory.photos.items()}
        # Photo → the people who are in it by decision.
        self.people_in: dict[str, set[str]] = defaultdict(set)
        self.place: dict[str, int] = {}
        self._quality: dict[str, float] = {}
        for photo in inventory.photos.values():
            for face in sorted(photo.faces, key=lambda face: (face.box, face.id)):
                self.place[face.id] = len(self.place)
                self._quality[face.id] = _quality(photo, face)
                if person := hung.person_of(face.id):
                    self.known[person].append(face.id)
                    self.people_in[photo.path].add(person)
                elif face.id not in hung.ignored:
                    self.open[face.id] = photo.path
        for kept in hung.kept.values():
            if person := hung.person_of(kept.id):
                self.people_in[kept.path].add(person)

    @property
    def count(self) -> int:
        """How many there are that somebody may want to know."""
        return len(self.open) + sum(map(len, self.known.values()))

    def may_be(self, face: str, person: str) -> bool:
        """Whether an open face may be somebody: not after a rejection, before their birth, or beside themselves."""
        return person not in self.people_in.get(self.photo_of[face], ()) and not self.is_denied(face, person)

    def is_denied(self, face: str, person: str) -> bool:
        """Whether the owner has said that a face isn't somebody, or that they were born later."""
        if person in self._rejected.get(face, ()):
            return True
        birth, taken_at = self._births.get(person), self._taken_at[self.photo_of[face]]
        return bool(birth and taken_at and taken_at[:_DAY] < birth)

    def best_first(self, faces: Iterable[str]) -> list[str]:
        """Faces by how well they can be seen."""
        return sorted(faces, key=lambda face: (-self._quality[face], self.place[face]))


def _quality(photo: PhotoFaces, face: Face) -> float:
    sharpness = _USUAL_SHARPNESS if face.sharpness is None else face.sharpness
    return sharpness * min(face.box.width * photo.width, _WIDE_FACE)
