"""What every reader is given beside the export."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choices:
    """What the owner asks for: ``extras`` are parts of an export that aren't taken otherwise."""

    extras: frozenset[str] = frozenset()
