"""``python -m local.demo FOLDER`` prepares the demo's photos and prints a list of them as JSON.

``galleries`` are folders of portraits, named like their galleries; each of ``sets`` has a ``folder``, and if it is the
demo's own, a ``title``, a ``description`` and a ``cover``.
"""

import json
import sys
from pathlib import Path

from local.demo.packages import DemoPhotosError
from local.demo.preparing import GALLERIES_FOLDER, prepare
from local.demo.sets import SETS


def _told(folder: Path) -> dict[str, str]:
    told = {"folder": str(folder)}
    for one in SETS:
        if one.name == folder.name:
            told |= {"title": one.title, "description": one.description, "cover": one.cover}
    return told


if __name__ == "__main__":
    try:
        folder = Path(sys.argv[1])
        sets = [_told(path) for path in prepare(folder)]
        galleries = sorted(str(path) for path in (folder / GALLERIES_FOLDER).iterdir())
        print(json.dumps({"sets": sets, "galleries": galleries}))
    except (DemoPhotosError, OSError) as error:
        sys.exit(f"Error: {error}")
