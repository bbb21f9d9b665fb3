"""What publishing does besides uploading: CloudFront's cache, and files that are gone."""

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fakes import stack_outputs

from build import Site
from functions.access.audiences import Access
from functions.addresses import page_paths
from functions.keys import ImagePath
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.deployment.publish import picture_paths, publish, publish_after_deleting
from scripts.deployment.publish_record import RECORD_KEY


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        ([], set()),
        (["assets/main-ABC.js"], set()),
        (["search/words-ABC.json"], {"/search/*"}),
        (["index.html", "index.de.html"], {"/", "/index.*"}),
        (["404.html", "404.fr.html", "people/index.es.html"], {"/404.html", "/404.fr.html", "/people/*"}),
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
        "/thumbnails/card/photos/Party%20(2024)/*",
        "/card/photos/Party%20(2024)/*",
        "/thumbnails/film/photos/Party%20(2024)/*",
        "/film/photos/Party%20(2024)/*",
        "/thumbnails/film-faces/photos/Party%20(2024)/*",
        "/film-faces/photos/Party%20(2024)/*",
    }


def test_deleted_pictures_leave_cloudfronts_cache_even_if_pages_cant_be_rendered() -> None:
    def fail() -> None:
        raise ConnectionError

    invalidated: set[str] = set()
    stack: Any = SimpleNamespace(
        s3=SiteBucket(),
        outputs=stack_outputs(),
        invalidate=invalidated.update,
        photos=SimpleNamespace(list_sets=fail),
        access=SimpleNamespace(read_access=Access),
    )
    with pytest.raises(ConnectionError):
        publish_after_deleting(stack, {"set"})
    assert {"/photos/set/*", "/thumbnails/card/photos/set/*"} <= invalidated


class SiteBucket:
    """An S3 client of a bucket with one old file, which it does not delete."""

    def get_paginator(self, name: str) -> Any:
        page = {"Contents": [{"Key": "old.html", "ETag": '"1"'}]}
        return SimpleNamespace(paginate=lambda **_: [page])

    def get_object(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")

    def put_object(self, **_: Any) -> dict[str, str]:
        """Keep nothing."""
        return {"ETag": '"1"'}

    def delete_objects(self, **_: Any) -> dict[str, Any]:
        return {"Errors": [{"Key": "old.html", "Code": "AccessDenied", "Message": "Access Denied"}]}


class NoPhotos:
    """A reader of a table without rows."""

    def find_rows(self, paths: Iterable[ImagePath]) -> set[ImagePath]:
        return set()


class FullBucket(SiteBucket):
    """One that takes no page."""

    def put_object(self, **request: Any) -> dict[str, str]:
        if request["Key"] == RECORD_KEY:
            return super().put_object()
        raise OSError("the bucket is full")


@pytest.mark.parametrize(
    ("bucket", "fault"), [(SiteBucket(), r"old\.html could not be deleted"), (FullBucket(), "the bucket is full")]
)
def test_a_publish_that_fails_half_way_shows_what_it_has_changed(
    bucket: SiteBucket, fault: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("new")
    invalidated: set[str] = set()
    stack: Any = SimpleNamespace(s3=bucket, outputs=stack_outputs(), invalidate=invalidated.update, photos=NoPhotos())
    with pytest.raises(OSError, match=fault):
        publish(stack, Site(tmp_path, {}))
    assert {"/", "/index.*", "/old.html"} <= invalidated
