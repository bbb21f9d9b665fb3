"""The demo's photos: what they are, how they are drawn and composed, and what is written into their files."""

import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from functions.process.captions import read_words
from functions.process.metadata import summary, taken_at
from local.demo import compositions, landscapes, light
from local.demo.files import write
from local.demo.packages import NPM, PACKAGES, SOURCES
from local.demo.sets import SETS, DemoSet, Photo

PHOTOS = [photo for one in SETS for photo in one.photos]
SCENES = ("misty_hills", "sea", "lake", "northern_lights", "snow_forest", "city", "milky_way")
SMALL = (150, 100)


def picture(*, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """Something with light, shade and colour."""
    return Image.radial_gradient("L").resize(size).convert("RGB")


def test_there_are_four_sets_and_forty_photos() -> None:
    assert len(SETS) == 4
    assert min(len(one.photos) for one in SETS) >= 8
    assert len(PHOTOS) >= 40


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.name)
def test_a_set_is_in_the_order_of_its_dates_and_named_after_its_last_year(one: DemoSet) -> None:
    moments = [photo.moment for photo in one.photos]
    assert moments == sorted(moments)
    assert one.name.startswith(f"{moments[-1].year}_")
    assert moments[-1] - moments[0] < timedelta(days=5 * 365)
    assert len({moment.date() for moment in moments}) >= 2


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.name)
def test_a_set_has_a_title_a_description_and_a_cover_of_its_own(one: DemoSet) -> None:
    files = [photo.file for photo in one.photos]
    assert one.title
    assert one.description
    assert one.cover in files
    assert len(set(files)) == len(files)


def test_every_photo_has_a_title_and_a_caption() -> None:
    assert [photo.file for photo in PHOTOS if not photo.title or not photo.caption] == []


def test_every_photo_comes_from_a_known_package() -> None:
    assert {photo.source for photo in PHOTOS} - {None} <= set(SOURCES)
    assert {source.package for source in SOURCES.values()} == {NPM, *PACKAGES}
    assert all(source.credit for source in SOURCES.values())


@pytest.mark.parametrize("scene", SCENES)
def test_a_seed_always_draws_the_same_landscape(scene: str) -> None:
    draw = getattr(landscapes, scene)
    first, again, other = (np.asarray(draw(seed, landscapes.MOODS["dusk"], SMALL)) for seed in (1, 1, 2))
    assert first.shape == (100, 150, 3)
    assert first.std() > 5, "there is something to see"
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("look", ["mono", "warm", "cool", "film"])
def test_another_light_changes_the_colours_and_not_the_size(look: str) -> None:
    lit = getattr(light, look)(picture())
    assert lit.size == (120, 90)
    assert np.array_equal(np.asarray(lit), np.asarray(getattr(light, look)(picture())))
    assert not np.array_equal(np.asarray(lit), np.asarray(picture()))


def test_a_small_photo_is_enlarged_and_a_large_one_is_not() -> None:
    assert light.enlarged(picture(), 240).size == (240, 180)
    assert light.enlarged(picture(), 60).size == (120, 90)


def test_compositions_hold_every_photo() -> None:
    red = Image.new("RGB", (50, 50), "red")
    random = np.random.default_rng(1)
    cards = [compositions.instant(red, 60)] * 3
    for composed in (
        compositions.booth([red] * 4, 60),
        compositions.contact_sheet([red] * 4, 2, 60),
        compositions.pair(red, red, 120),
        compositions.hung(random, compositions.wall(random, (600, 200)), [compositions.framed(red, 80)] * 3),
        compositions.spread(random, compositions.table(random, (400, 200)), cards, 3),
        compositions.pegged(random, picture(size=(400, 200)), cards),
    ):
        pixels = np.asarray(composed.convert("RGB")).astype(int)
        shown = ((pixels[..., 0] > 200) & (pixels[..., 1] < 60)).sum()
        assert shown > 2 * 50 * 50


def written(photo: Photo, folder: Path, source: bytes | None = None) -> Image.Image:
    write(photo, picture(), source, folder / photo.file)
    return Image.open(folder / photo.file)


def test_a_file_holds_its_title_caption_date_and_credit(tmp_path: Path) -> None:
    (photo,) = (photo for photo in PHOTOS if photo.file == "sofa_left.jpg")
    camera = Image.Exif()
    camera[ExifTags.Base.Make] = "SONY"
    camera.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] = 1.8
    camera.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "42"
    camera.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    original = io.BytesIO()
    picture().save(original, "JPEG", exif=camera)
    with written(photo, tmp_path, original.getvalue()) as image:
        exif = image.getexif()
        words = read_words(image, exif, image.info["xmp"])
        assert (words.title, words.caption) == (photo.title, photo.caption)
        assert taken_at(exif) == photo.taken
        assert summary(exif) == {"make": "SONY", "f_number": 1.8}
        assert exif[ExifTags.Base.Artist] == "Vladimir Mandic"
        assert ExifTags.Base.BodySerialNumber not in exif.get_ifd(ExifTags.IFD.Exif)
        assert not exif.get_ifd(ExifTags.IFD.GPSInfo)


def test_a_turned_photo_is_stored_sideways_and_shown_upright(tmp_path: Path) -> None:
    (photo,) = (photo for photo in PHOTOS if photo.turned)
    with written(photo, tmp_path) as image:
        assert image.size == (90, 120)
        assert ImageOps.exif_transpose(image).size == (120, 90)


def test_one_photo_is_a_heic(tmp_path: Path) -> None:
    (photo,) = (photo for photo in PHOTOS if photo.file.endswith(".heic"))
    with written(photo, tmp_path) as image:
        assert image.format == "HEIF"
        assert taken_at(image.getexif()) == photo.taken
