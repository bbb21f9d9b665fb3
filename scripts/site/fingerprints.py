"""What pages are made from, as a short hash: if it is still the same, so are the pages.

The site's covers what all sets' pages have in common: this program, the packages that render, the owner's settings and
theme, and what pages tell their scripts. A set's covers its row, which changes with each of its photos: their counts
and the time are written in the same transaction (`functions.set_counts`, `functions.photo_writer`). A person's is in
`scripts.site.people_shown`.
"""

import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from functions.photo_rows import PhotoSet
from scripts.common.config import ROOT, SiteConfig, ThemeConfig

_PACKAGES = ("babel", "jinja2", "markupsafe", "pillow")
# A set that changed so recently may change once more without a trace: the process function writes a photo's page after
# its row, in at most two minutes, and clocks may differ.
_SETTLED_AFTER = timedelta(minutes=10)


def fingerprint_of_site(config: SiteConfig, look: ThemeConfig, root: Path, facts: Any) -> str:
    """The fingerprint of what all sets' pages share; ``root`` has the owner's theme, ``facts`` are plain values."""
    digest = hashlib.sha256()
    digest.update(json.dumps([versions(), repr(config), repr(look), facts], sort_keys=True).encode())
    for path in _sources(look, root):
        digest.update(f"\n{path}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


@functools.cache
def versions() -> tuple[str, ...]:
    """What runs: Python's version, and those of the packages that render, whose folder is searched for each."""
    return sys.version, *(importlib.metadata.version(name) for name in _PACKAGES)


def _sources(look: ThemeConfig, root: Path) -> Iterator[Path]:
    """The files that pages are made from."""
    yield ROOT / "build.py"
    for folder in ("functions", "scripts", "local"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    for base in (ROOT / "site", root / "theme"):
        yield from sorted(path for path in base.rglob("*") if path.is_file())
    yield from (root / name for name in (look.logo, look.display_face) if name)


def fingerprint_of_set(row: PhotoSet, now: datetime, people: str = "", audience: str = "") -> str | None:
    """The fingerprint of a set's row, of who is on its photos, as an ETag, and of who may see them; None if the row
    can't be relied on.

    That is so for sets of other programs, which don't say when they change, and for those that have just changed.
    """
    try:
        changed_at = datetime.fromisoformat(row.updated_at or "")
    except ValueError:
        return None
    if changed_at.tzinfo is None or row.is_uncounted or now - changed_at < _SETTLED_AFTER:
        return None
    content = json.dumps(row.to_item(), sort_keys=True, default=str) + people + audience
    return hashlib.sha256(content.encode()).hexdigest()[:32]
