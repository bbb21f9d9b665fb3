"""Run benchmarks by name, by default all but the long ones; the report goes to stdout."""

import sys

from bench import (
    accuracy,
    calls,
    click,
    crowding,
    event,
    faces,
    films,
    finding,
    importing,
    imports,
    load,
    lookalike,
    page,
    people,
    people_page,
    scale,
    search,
    selfies,
    simulate,
    start,
    thumbnails,
    upload,
    workplace,
)

BENCHMARKS = {
    "thumbnails": thumbnails,
    "faces": faces,
    "films": films,
    "accuracy": accuracy,
    "crowding": crowding,
    "people": people,
    "search": search,
    "imports": imports,
    "import": importing,
    "click": click,
    "finding": finding,
    "lookalike": lookalike,
    "selfies": selfies,
    "calls": calls,
    "upload": upload,
    "load": load,
    "event": event,
    "start": start,
    "page": page,
    "people-page": people_page,
    "simulate": simulate,
    "scale": scale,
}
# Only by name: the same as simulate for a million photos takes most of an hour.
LONG = {"million": simulate.run_million}


def main(names: list[str]) -> None:
    """Run what is named."""
    there = {name: module.run for name, module in BENCHMARKS.items()} | LONG
    unknown = [name for name in names if name not in there]
    if unknown:
        sys.exit(f"there is no benchmark {unknown[0]}; there are {', '.join(there)}")
    print(workplace.machine())
    for name in names or BENCHMARKS:
        for line in there[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
