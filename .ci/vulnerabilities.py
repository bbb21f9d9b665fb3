"""Ask the OSV database whether a pinned package has a known vulnerability.

Exits with 1 if one has. If the database can't be reached, says so and exits with 0: a missing network is not the code's
fault. What it asks and gets: https://google.github.io/osv.dev/post-v1-querybatch/
"""

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# Vulnerabilities that can't reach us, by id, each with the reason.
ACCEPTED: dict[str, str] = {}
_DATABASE = "https://api.osv.dev/v1/querybatch"
_TIMEOUT = 30.0
# The most questions the database takes at once.
_BATCH = 1000


class Package(NamedTuple):
    """A package of an ecosystem, by the ecosystem's name in OSV, at one version."""

    ecosystem: str
    name: str
    version: str


def pinned(root: Path = ROOT) -> list[Package]:
    """Each package that a lock file under ``root`` pins, once."""
    found = set()
    for folder in ("requirements", "functions/*", "bench"):
        for path in root.glob(f"{folder}/*.txt"):
            for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(), re.MULTILINE):
                found.add(Package("PyPI", name, version))
    for path in (root / "package-lock.json", root / "bench" / "package-lock.json"):
        for place, entry in json.loads(path.read_text())["packages"].items():
            if place:
                found.add(Package("npm", place.rpartition("node_modules/")[2], entry["version"]))
    return sorted(found)


def known(packages: list[Package], ask: Callable[[Any], Any]) -> Iterator[tuple[Package, str]]:
    """Each known vulnerability of the packages by its id, without the accepted ones. ``ask`` puts a query to OSV."""
    for start in range(0, len(packages), _BATCH):
        batch = packages[start : start + _BATCH]
        queries = [
            {"package": {"ecosystem": item.ecosystem, "name": item.name}, "version": item.version} for item in batch
        ]
        # The answers come in the order of the queries.
        for package, result in zip(batch, ask({"queries": queries})["results"], strict=True):
            for vulnerability in result.get("vulns", []):
                if vulnerability["id"] not in ACCEPTED:
                    yield package, vulnerability["id"]


def ask_osv(query: Any) -> Any:
    """Answer of the database. Raises ``OSError`` if it can't be reached."""
    request = urllib.request.Request(_DATABASE, json.dumps(query).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - a fixed address
        return json.load(answer)


def report(found: Iterable[tuple[Package, str]]) -> int:
    """Print what was found; returns the exit code."""
    lines = [f"{name} {version}: https://osv.dev/vulnerability/{found_id}" for (_, name, version), found_id in found]
    print("\n".join(["Known vulnerabilities:", *lines]) if lines else "No pinned package has a known vulnerability")
    return 1 if lines else 0


def main(ask: Callable[[Any], Any] = ask_osv) -> int:
    """Check the checkout's own lock files; returns the exit code."""
    try:
        return report(known(pinned(), ask))
    except urllib.error.HTTPError as error:
        if error.code < 500:
            raise  # the question is wrong
        reason: Any = error
    except OSError as error:
        reason = getattr(error, "reason", error)
    print(f"Skipped: the database of vulnerabilities can't be reached ({reason})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
