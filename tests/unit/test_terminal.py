import io
import os
from contextlib import redirect_stdout

import pytest

from scripts.common.terminal import echo, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("café 😀 👩‍👧 日本.jpg", "café 😀 👩‍👧 日本.jpg"),
        ("red\x1b[31m.jpg", "red\\x1b[31m.jpg"),
        ("two\nlines\r\t.jpg", "two\\x0alines\\x0d\\x09.jpg"),
        ("csi\x9b2J.jpg", "csi\\x9b2J.jpg"),
        ("gnp.\u202egpj", "gnp.\\u202egpj"),
        ("line\u2028.jpg", "line\\u2028.jpg"),
        (os.fsdecode(b"caf\xe9.jpg"), "caf\\xe9.jpg"),
        ("\ud800.jpg", "\\ud800.jpg"),
    ],
)
def test_a_name_does_not_control_the_terminal(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_columns_stay_apart() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        echo("a\tb", 1)
    assert out.getvalue() == "a\\x09b\t1\n"
