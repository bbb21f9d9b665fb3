import pytest

from functions.thumbnail_sizes import LARGE_SIDE
from scripts.deployment.publish import page_paths, picture_paths


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        ([], set()),
        (["assets/main-ABC.js"], set()),
        (["index.html"], {"/", "/index.html"}),
        (["404.html", "people/index.html"], {"/404.html", "/people/*"}),
        (["sets/a (b)/index.html", "sets/a (b)/all/index.html"], {"/sets/a%20(b)/*"}),
        (["sets/a+b/index.html"], {"/sets/a*"}),
        ([f"sets/{number}/index.html" for number in range(50)], {"/sets/*"}),
    ],
)
def test_cloudfront_asks_anew_for_the_pages_that_changed(keys: list[str], paths: set[str]) -> None:
    assert page_paths(keys) == paths


def test_pictures_are_forgotten_before_and_after_the_router() -> None:
    assert picture_paths({"Party (2024)"}) == {
        "/photos/Party%20(2024)/*",
        "/thumbnails/photos/Party%20(2024)/*",
        f"/thumbnails/{LARGE_SIDE}/photos/Party%20(2024)/*",
        f"/{LARGE_SIDE}/photos/Party%20(2024)/*",
    }
