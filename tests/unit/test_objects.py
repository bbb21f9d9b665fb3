"""S3 answers the same whether its objects are in ministack's dictionaries or in the journal."""

import asyncio
import itertools
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local.bodies import Bodies
from local.embedded import watching
from local.embedded.cells import Kept
from local.embedded.object_cells import ObjectStore
from local.embedded.saving import Saver
from local.journal import Journal, encode_key

REPLACED = (
    "handle_request",
    "_persist_object",
    "_persist_delete_marker",
    "_delete_persisted_object",
    "_persist_displaced_version",
    "_delete_version_file",
    "_delete_persisted_bucket",
    "_version_file_exists",
    "_read_body",
    "_version_body",
    "_fire_s3_event_async",
    "_collect_list_entries",
    "_list_object_versions",
    "_bucket_has_versions",
)
STORES = ("_buckets", "_object_versions", "_object_tags", "_object_acl", "_object_annotations")
KEYS = [f"{folder}{name}" for folder in ("", "a/", "a/b/", "photos/set/", "ü/") for name in ("x", "y z", "z&", "€")]
TAGS = b"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>"


class Requests:
    """The same requests for the same seed; ``ended`` is called after each, as a stack does before it answers."""

    loop = asyncio.new_event_loop()

    def __init__(self, s3: Any, seed: int, ended: Callable[[], None] = lambda: None):
        self.s3 = s3
        self.random = random.Random(seed)  # noqa: S311
        self.ended = ended
        self.answers: list[Any] = []

    def call(self, method: str, path: str, body: bytes = b"", headers: dict | None = None, **query: str) -> bytes:
        asked = {name.replace("_", "-"): [value] for name, value in query.items()}
        work = self.s3.handle_request(method, quote(path), headers or {}, body, asked)
        status, told, answer = self.loop.run_until_complete(work)
        self.ended()
        content = answer if isinstance(answer, bytes) else answer.encode()
        shown = {name: value for name, value in told.items() if name.lower() in ("etag", "x-amz-version-id")}
        self.answers.append((method, path, query, status, shown, content))
        return content

    def make(self) -> None:
        for bucket in ("plain", "versioned"):
            self.call("PUT", f"/{bucket}")
        enabled = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        self.call("PUT", "/versioned", enabled, versioning="")
        for _ in range(120):
            self.change(self.random.choice(["plain", "versioned"]))
        for bucket in ("plain", "versioned"):
            self.read(bucket)
        self.call("DELETE", "/plain")
        for key in KEYS:
            self.call("DELETE", f"/plain/{key}")
        self.call("DELETE", "/plain")
        self.call("PUT", "/plain")
        self.call("GET", "/plain", list_type="2")

    def change(self, bucket: str) -> None:
        path, kind = f"/{bucket}/{self.random.choice(KEYS)}", self.random.randrange(9)
        if kind < 4:
            headers = {"content-type": "image/jpeg", "x-amz-meta-sha256": "1"}
            headers |= {"x-amz-tagging": "a=b"} if self.random.random() < 0.3 else {}
            self.call("PUT", path, self.random.randbytes(self.random.randrange(20)), headers)
        elif kind == 4:
            self.call("DELETE", path)
        elif kind == 5:
            self.call("PUT", path, headers={"x-amz-copy-source": quote(f"/plain/{self.random.choice(KEYS)}")})
        elif kind == 6:
            self.call(self.random.choice(["GET", "HEAD"]), path)
            self.call("GET", path, tagging="")
        elif kind == 7:
            self.call("PUT", path, TAGS, tagging="")
        else:
            versions = self.call("GET", "/versioned", versions="").decode()
            found = re.findall(r"<Key>([^<]*)</Key><VersionId>([^<]*)</VersionId>", versions)
            if found:
                key, version = self.random.choice(found)
                path = f"/versioned/{key.replace('&amp;', '&')}"
                self.call("GET", path, versionId=version)
                self.call("DELETE", path, versionId=version)

    def read(self, bucket: str) -> None:
        for prefix in ("", "a/", "photos/", "none"):
            for delimiter in ("", "/"):
                asked = {"prefix": prefix, "delimiter": delimiter, "max_keys": str(self.random.randrange(1, 6))}
                token = ""
                while token is not None:
                    more = {"continuation_token": token} if token else {}
                    answer = self.call("GET", f"/{bucket}", list_type="2", **asked, **more).decode()
                    token = next(iter(re.findall("<NextContinuationToken>([^<]*)<", answer)), None)
                self.call("GET", f"/{bucket}", **asked, marker="a/")
                self.call("GET", f"/{bucket}", list_type="2", **asked, start_after="b")
        marker: dict[str, str] | None = {}
        while marker is not None:
            answer = self.call("GET", f"/{bucket}", versions="", max_keys="3", **marker).decode()
            found = re.findall("<NextKeyMarker>([^<]*)<.*<NextVersionIdMarker>([^<]*)<", answer)
            marker = None
            if found:
                key, version = found[0]
                marker = {"key_marker": key.replace("&amp;", "&"), "version_id_marker": version}
        self.call("GET", f"/{bucket}", versions="", prefix="a/")
        self.call("GET", f"/{bucket}", versions="", delimiter="/")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """ministack's module, as it is before and after, with ids and times that are the same in each run."""
    from ministack.services import s3

    for name in REPLACED:
        monkeypatch.setattr(s3, name, getattr(s3, name))
    s3.reset()
    number = itertools.count()
    monkeypatch.setattr(s3, "new_uuid", lambda: f"id-{next(number)}")
    monkeypatch.setattr(s3, "now_iso", lambda: "2026-04-01T00:00:00.000Z")
    monkeypatch.setattr(s3, "S3_PERSIST", False)
    for name in STORES:
        monkeypatch.setattr(getattr(s3, name), "_data", {})
    yield s3
    monkeypatch.undo()
    s3.reset()


class KeptStore:
    """The store beside ministack's module, with what a stack does when a call ends."""

    def __init__(self, s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch):
        number = itertools.count()
        monkeypatch.setattr(s3, "new_uuid", lambda: f"id-{next(number)}")
        monkeypatch.setattr(s3, "S3_PERSIST", True)
        self.journal = Journal(folder / "state.sqlite")
        self.noted = watching.Noted()
        bodies = Bodies(folder / "objects")
        self.store = ObjectStore(s3, self.journal)
        self.saver = Saver(Kept({"s3": s3}), self.journal, self.store, bodies, self.noted)
        watching.watch_objects(s3, self.noted, bodies, failed)
        self.store.load()

    def ended(self) -> None:
        for place in self.noted.objects:
            self.journal.put("object", encode_key(*place), self.saver.encode_object(place))
        self.journal.write()
        self.noted.clear()
        self.store.forget()


def failed(error: Exception) -> None:
    raise AssertionError from error


@pytest.mark.parametrize("seed", range(2))
def test_answers_are_those_of_objects_in_memory(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    expected = Requests(s3, seed)
    expected.make()
    s3.reset()
    kept = KeptStore(s3, tmp_path, monkeypatch)
    found = Requests(s3, seed, kept.ended)
    found.make()
    for ours, theirs in zip(found.answers, expected.answers, strict=True):
        assert ours == theirs
    kept.journal.close()
