"""Writes to the terminal. Names of files and objects come from anybody and must not control it."""

import json
import unicodedata
from typing import Any

import click

# Control characters, unpaired surrogates, ends of lines: https://www.unicode.org/reports/tr44/#General_Category_Values
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Of the format characters, those that change the direction; the others join letters and emoji.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """``text`` on one line, with escapes for what a terminal would obey; a byte that isn't UTF-8 becomes ``\\xNN``."""
    return "".join(
        _escaped(char) if unicodedata.category(char) in _UNSHOWN or char in _TURNING else char for char in text
    )


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # how Python reads a byte of a file name that isn't UTF-8: PEP 383
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def echo(*columns: object, err: bool = False) -> None:
    """Print a line; tabs separate ``columns``."""
    click.echo("\t".join(printable(str(column)) for column in columns), err=err)


def echo_json(value: Any) -> None:
    """Print a value for programs, in ASCII."""
    click.echo(json.dumps(value, indent=1))
