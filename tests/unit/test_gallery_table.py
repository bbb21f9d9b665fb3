import codecs
from pathlib import Path

import pytest

from scripts.common.csv_table import read_table
from scripts.common.folders import FolderError
from scripts.gallery.portrait_folder import NEEDED, OTHERS, read_folder

TEXT = "file,name,credit\nada.jpg,Ada Lovelace,Zoë\nrené.jpg,René Descartes,\n"
ROWS = {
    "ada.jpg": {"file": "ada.jpg", "name": "Ada Lovelace", "credit": "Zoë"},
    "rené.jpg": {"file": "rené.jpg", "name": "René Descartes", "credit": ""},
}


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (TEXT.encode(), 0),
        (TEXT.encode("utf-8-sig"), 0),
        (TEXT.encode("utf-16"), 0),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), 0),
        (TEXT.encode("latin-1"), 1),
        (TEXT.replace("\n", "\r\n").encode(), 0),
        (TEXT.replace(",", ";").encode("cp1252"), 1),
        (TEXT.replace(",", "\t").encode("utf-16"), 0),
    ],
)
def test_tables_are_read_as_spreadsheets_write_them(tmp_path: Path, data: bytes, notes: int) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    table = read_table(path, NEEDED, OTHERS)
    assert table.rows == ROWS
    assert len(table.notes) == notes
    assert all("read as Windows-1252" in note for note in table.notes)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"name\nx\n", "the first line must name the columns file and name"),
        (b"", "the first line must name the columns file and name"),
        (b"file,name,age\n", "the first line must name the columns file and name"),
        (b"file,name\na.jpg\n", "line 2: write a file, a name"),
        (b'file,name\n"a\nb.jpg",A\nc.jpg\n', "line 4: write a file"),
        (
            b"file,name\na.jpg,Ren\xe9\nb.jpg,x\x81y\n",
            "line 3, column 8: the byte 0x81 can't be read as a letter: save the table as UTF-8",
        ),
        (TEXT.encode("utf-16")[:-1], "line 3, column 25: the byte 0x0a can't be read as a letter"),
        (TEXT.encode("utf-16-le"), "is not a text file: save the table as UTF-8"),
        (b"file,name\na.jpg," + b"x" * 200_000, "line 2: field larger"),
    ],
)
def test_an_unreadable_row_is_refused_with_its_line(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    with pytest.raises(FolderError) as caught:
        read_table(path, NEEDED, OTHERS)
    assert told in str(caught.value)


def test_a_portrait_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"private")
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery" / "Ada_Lovelace.jpg").symlink_to(tmp_path / "elsewhere")
    gallery = read_folder(tmp_path / "gallery")
    assert gallery.portraits == []
    assert "not followed" in gallery.refused[0].reason
