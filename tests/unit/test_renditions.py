"""What pages say of the size of renditions is what the process function makes."""

import io

import pytest
from PIL import Image
from support import jpeg

from functions.photo_rows import Photo
from functions.process.images import render
from scripts.site.renditions import large_size, tile_sources


@pytest.mark.parametrize("size", [(300, 200), (3000, 2000), (2000, 3000), (3000, 900), (600, 3000), (2400, 3)])
def test_pages_know_the_sizes_of_renditions(size: tuple[int, int]) -> None:
    photo = Photo(primarykey="set", sortkey="a.jpg", width=size[0], height=size[1])
    made = render(jpeg(size=size))
    thumbnail, large = (Image.open(io.BytesIO(data)) for data in (made.thumbnail, made.large))
    assert large_size(photo) == large.size
    assert [source.split()[1] for source in tile_sources(photo).split(", ")] == [
        f"{thumbnail.width}w",
        f"{large.width}w",
    ]


def test_a_comma_at_the_end_of_a_name_ends_no_source() -> None:
    photo = Photo(primarykey="set", sortkey="a,", width=300, height=200)
    assert tile_sources(photo) == "/thumbnails/photos/set/a%2C 300w, /thumbnails/1600/photos/set/a%2C 300w"
