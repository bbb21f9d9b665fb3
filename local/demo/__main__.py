"""``python -m local.demo FOLDER`` prepares the demo's photos, and prints the folders of the sets and of the gallery."""

import sys
from pathlib import Path

from local.demo.packages import DemoPhotosError
from local.demo.preparing import GALLERY, prepare

if __name__ == "__main__":
    try:
        folder = Path(sys.argv[1])
        print(*prepare(folder), folder / GALLERY, sep="\n")
    except (DemoPhotosError, OSError) as error:
        sys.exit(f"Error: {error}")
