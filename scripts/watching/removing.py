"""How many photos may be deleted at once because their files are gone, unless the owner says otherwise."""

from collections import Counter
from collections.abc import Iterable, Mapping

from scripts.common.words import count
from scripts.watching.seen_files import SeenFile

# A few files may go from a small tree, whatever part of it they are.
_FEW = 10


def why_held(gone: Iterable[SeenFile], photos: Mapping[str, int], max_percent: float, already: int = 0) -> str:
    """Why the photos of these files should not be deleted; empty if they may be.

    ``photos`` says how many photos each folder has, ``already`` how many were deleted a moment ago. A drive that isn't
    connected and a slip of the mouse look like this: a whole folder goes at once, or a large part of the tree.
    """
    if max_percent >= 100:
        return ""
    by_folder = Counter(file.folder for file in gone if file.photo)
    for folder, number in sorted(by_folder.items()):
        if number > 1 and number == photos.get(folder, 0):
            where = f"the folder {folder}" if folder else "the folder"
            return f"all {count(number, 'photo')} of {where} went at once"
    number, total = by_folder.total() + already, sum(photos.values()) + already
    if by_folder and number > max(_FEW, total * max_percent / 100):
        return f"{number:,} of {count(total, 'photo')} went at once, more than {max_percent:g} %"
    return ""
