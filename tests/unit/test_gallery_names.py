"""Where a gallery keeps what it has, by its name."""

import pytest

from functions.galleries import FIRST_GALLERY, BadGalleryNameError, Gallery
from functions.keys import ImagePath

BANDS = Gallery("bands")
ADA = ImagePath("Ada", "1.jpg")


def test_the_first_gallery_keeps_what_it_has_where_it_always_did() -> None:
    assert FIRST_GALLERY.is_first
    assert FIRST_GALLERY.collection_id("kinpics-celebrities") == "kinpics-celebrities"
    assert FIRST_GALLERY.key(ADA) == "celebrities/Ada/1.jpg"
    assert FIRST_GALLERY.external_image_id(ADA) == "Ada:2F1.jpg"
    assert FIRST_GALLERY.person_id("Ada L") == "person:Ada:20L"
    assert FIRST_GALLERY.kept_as == "celebrities"


def test_another_gallery_keeps_nothing_where_the_first_or_a_third_does() -> None:
    others = [FIRST_GALLERY, BANDS, Gallery("band")]
    for of in (
        lambda gallery: gallery.collection_id("kinpics-celebrities"),
        lambda gallery: gallery.key(ADA),
        lambda gallery: gallery.external_image_id(ADA),
        lambda gallery: gallery.external_image_id(ImagePath("n" * 200, "1.jpg")),
        lambda gallery: gallery.person_id("Ada"),
        lambda gallery: gallery.kept_as,
    ):
        assert len({of(gallery) for gallery in others}) == len(others)
    assert BANDS.collection_id("kinpics-celebrities") == "kinpics-celebrities.bands"
    assert BANDS.key(ADA) == "celebrities/bands/Ada/1.jpg"


@pytest.mark.parametrize("gallery", [FIRST_GALLERY, BANDS])
def test_a_portrait_is_found_again_by_its_face_in_its_own_gallery_alone(gallery: Gallery) -> None:
    # Somebody may be called as a gallery is.
    for portrait in (ADA, ImagePath("bands", "1.jpg"), ImagePath("Zoë & Co", "a b.jpg")):
        assert gallery.portrait_of_face(gallery.external_image_id(portrait)) == portrait
        assert gallery.has(gallery.key(portrait))
        for other in {FIRST_GALLERY, BANDS, Gallery("band")} - {gallery}:
            assert other.portrait_of_face(gallery.external_image_id(portrait)) is None
            assert not other.has(gallery.key(portrait))
    for strange in ("", "::0123", ":FF", "a", "::forgotten-1", "bands:2F:2F1.jpg"):
        assert gallery.portrait_of_face(strange) is None


@pytest.mark.parametrize(
    "name", ["", "Bands", "-bands", "_b", "a b", "a.b", "a/b", "..", "bänds", "b" * 41, "bands\n", "\ud800"]
)
def test_a_name_that_no_gallery_can_have_is_refused_in_words(name: str) -> None:
    with pytest.raises(BadGalleryNameError, match="lower-case letters") as refused:
        Gallery(name)
    assert str(refused.value).encode()
