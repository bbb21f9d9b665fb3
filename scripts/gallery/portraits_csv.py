"""The CSV that names the portraits of a folder, as spreadsheets write it."""

import codecs
import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from scripts.upload.plan import PlanError

COLUMNS = ("file", "name", "credit", "licence", "url")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REMEDY = "save the table as UTF-8"


@dataclass
class Table:
    """Rows by file, and remarks for the owner."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_table(path: Path) -> Table:
    """Read a table whose first line names columns of `COLUMNS`, set apart by comma, semicolon or tab.

    A mark at its beginning tells the encoding; without one it is UTF-8, or else Windows-1252 with a note. Raises
    ``PlanError``, with the line and column of what can't be read.
    """
    table = Table()
    text = _decode(path, path.read_bytes(), table)
    if "\0" in text:
        raise PlanError(f"{path} is no table of text: {_REMEDY}")
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        columns = set(rows.fieldnames or ())
        if not {"file", "name"} <= columns <= set(COLUMNS):
            raise PlanError(f"{path}: the first line must name columns of {', '.join(COLUMNS)}, file and name at least")
        for row in rows:
            if None in row or not row["file"] or not row["name"]:
                raise PlanError(
                    f"{path}, line {rows.line_num}: a row has a file, a name, and as many values as the first line"
                )
            table.rows[row["file"]] = {name: value or "" for name, value in row.items()}
    except csv.Error as error:
        raise PlanError(f"{path}, line {rows.line_num + 1}: {error}") from None
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
    table.notes.append(f"{path.name} is not UTF-8: read as Windows-1252; where letters are wrong, {_REMEDY}")
    return text


def _unreadable(path: Path, error: UnicodeDecodeError, encoding: str) -> PlanError:
    before = error.object[: error.start].decode(encoding, "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    byte = error.object[error.start]
    return PlanError(f"{path}, line {line}, column {column}: the byte {byte:#04x} is no letter: {_REMEDY}")
