"""Tables that owners write: CSV, as spreadsheets save it."""

import codecs
import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from scripts.common.folders import FolderError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REMEDY = "save the table as UTF-8"


@dataclass
class Table:
    """Rows by their first required column, and notes for the owner."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_table(path: Path, needed: tuple[str, ...], others: tuple[str, ...]) -> Table:
    """Read a table whose first line names the ``needed`` columns, which may not be empty, and any of the ``others``.

    Columns are separated by commas, semicolons or tabs.

    A byte order mark tells the encoding. Without one it is UTF-8, or else Windows-1252 with a note. Raises
    ``FolderError``, with the line and column of what can't be read.
    """
    table = Table()
    text = _decode(path, path.read_bytes(), table)
    if "\0" in text:
        raise FolderError(f"{path} is not a text file: {_REMEDY}")
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        columns = set(rows.fieldnames or ())
        if not set(needed) <= columns <= {*needed, *others}:
            names = f"column{'s' if len(needed) > 1 else ''} {' and '.join(needed)}"
            raise FolderError(f"{path}: the first line must name the {names}, and any of {', '.join(others)}")
        for row in rows:
            if None in row or not all(row[name] for name in needed):
                wanted = ", ".join(f"a {name}" for name in needed)
                raise FolderError(
                    f"{path}, line {rows.line_num}: write {wanted}, and as many values as the first line has"
                )
            table.rows[row[needed[0]]] = {name: value or "" for name, value in row.items()}
    except csv.Error as error:
        raise FolderError(f"{path}, line {rows.line_num + 1}: {error}") from None
    return table


def _decode(path: Path, data: bytes, table: Table) -> str:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise _unreadable(path, error, encoding) from None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _unreadable(path, error, "cp1252") from None
    table.notes.append(f"{path.name} is not UTF-8 and was read as Windows-1252: if letters look wrong, {_REMEDY}")
    return text


def _unreadable(path: Path, error: UnicodeDecodeError, encoding: str) -> FolderError:
    before = error.object[: error.start].decode(encoding, "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    byte = error.object[error.start]
    return FolderError(
        f"{path}, line {line}, column {column}: the byte {byte:#04x} can't be read as a letter: {_REMEDY}"
    )
