"""Which photos stand for a set."""

from functions.photo_rows import Photo, PhotoSet
from scripts.site.shown import ShownSet


def photo(file: str, width: int, faces: int = 0) -> Photo:
    return Photo(primarykey="walk", sortkey=file, width=width, height=1000, face_count=faces)


WIDE, WIDER = photo("wide.jpg", 4000), photo("wider.jpg", 6000)
HILL, PEOPLE = photo("hill.jpg", 1500), photo("people.jpg", 1500, faces=3)
CROWD = photo("crowd.jpg", 4000, faces=9)


def of(*photos: Photo, pic: str = "wide.jpg", chosen: bool | None = None) -> ShownSet:
    return ShownSet(PhotoSet(sortkey="walk", pic=pic, pic_chosen=chosen, pic_count=len(photos)), list(photos))


def test_a_cover_is_its_rows() -> None:
    assert of(HILL, PEOPLE, pic="hill.jpg").cover == HILL
    assert of(HILL, pic="gone.jpg").cover is None


def test_another_photo_stands_in_for_a_panorama() -> None:
    assert of(WIDE, HILL, PEOPLE).cover == PEOPLE
    assert of(WIDE, HILL).cover == HILL
    assert of(WIDE, CROWD).cover == CROWD, "it is cut to its faces"


def test_the_owner_may_choose_a_panorama() -> None:
    shown = of(WIDE, WIDER, HILL, chosen=True)
    assert shown.cover == WIDE
    assert not shown.panoramas


def test_panoramas_stand_together_where_there_is_nothing_else() -> None:
    assert of(WIDER, WIDE).panoramas == [WIDER, WIDE]
    assert len(of(*[WIDE] * 5).panoramas) == 3
    for shown in (of(WIDE), of(WIDE, WIDER, HILL), of(WIDE, CROWD), of(HILL, pic="hill.jpg")):
        assert shown.panoramas == []
