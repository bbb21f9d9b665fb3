"""Run benchmarks by name, by default all; the report goes to stdout."""

import sys

from bench import (
    accuracy,
    calls,
    click,
    crowding,
    faces,
    imports,
    load,
    lookalike,
    page,
    search,
    start,
    thumbnails,
    upload,
    workplace,
)

BENCHMARKS = {
    "thumbnails": thumbnails,
    "faces": faces,
    "accuracy": accuracy,
    "crowding": crowding,
    "search": search,
    "imports": imports,
    "click": click,
    "lookalike": lookalike,
    "calls": calls,
    "upload": upload,
    "load": load,
    "start": start,
    "page": page,
}


def main(names: list[str]) -> None:
    """Run what is named."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    print(workplace.machine())
    for name in names or BENCHMARKS:
        print("\n".join(BENCHMARKS[name].run()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
