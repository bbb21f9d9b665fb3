"""What a check of the site's health found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True)
class Finding:
    """``advice`` says what to do about it, if anything."""

    check: str
    state: State
    text: str
    advice: str = ""
