import io

import pytest
from PIL import Image

from functions.process.metadata import summary, taken_at


def exif(base: dict | None = None, details: dict | None = None) -> Image.Exif:
    """EXIF as it comes out of a file."""
    made = Image.Exif()
    made.update(base or {})
    made.get_ifd(0x8769).update(details or {})
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=made)
    return Image.open(io.BytesIO(out.getvalue())).getexif()


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({0x9003: "2024:07:04 10:11:12"}, "2024-07-04T10:11:12"),
        ({0x9003: "2024:07:04 10:11:12", 0x9011: "+02:00"}, "2024-07-04T10:11:12+02:00"),
        ({0x9003: "2024:07:04 10:11:12", 0x9011: "rubbish"}, "2024-07-04T10:11:12"),
        ({0x9004: "2024:07:04 10:11:12"}, "2024-07-04T10:11:12"),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({}, None),
    ],
)
def test_taken_at(details: dict, expected: str | None) -> None:
    assert taken_at(exif(details=details)) == expected


def test_summary_tells_of_camera_and_exposure() -> None:
    found = summary(
        exif({0x010F: "Maker\0", 0x0110: "Model 1"}, {0x829D: 2.8, 0x920A: 50.0, 0x829A: 0.004, 0x8827: 200})
    )
    assert found == {
        "make": "Maker",
        "model": "Model 1",
        "f_number": 2.8,
        "focal_length": 50,
        "exposure_time": 0.004,
        "iso": 200,
    }


def test_summary_of_nothing_is_nothing() -> None:
    assert summary(exif()) is None


def test_a_position_is_never_read() -> None:
    made = exif({0x010F: "Maker"})
    made.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    assert summary(made) == {"make": "Maker"}
