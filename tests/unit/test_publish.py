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
def test_cloudfront_fetches_changed_pages_again(keys: list[str], paths: set[str]) -> None:
    assert page_paths(keys) == paths


def test_deleted_pictures_leave_cloudfronts_cache() -> None:
    assert picture_paths({"Party (2024)"}) == {
        "/photos/Party%20(2024)/*",
        "/thumbnails/photos/Party%20(2024)/*",
        f"/thumbnails/{LARGE_SIDE}/photos/Party%20(2024)/*",
        f"/{LARGE_SIDE}/photos/Party%20(2024)/*",
    }
