"""S3 in memory: which objects there are, and what they were made from; all originals have the same bytes."""

from types import SimpleNamespace
from typing import Any

from bench.simulated.client import RefusedError, Tally
from bench.simulated.latency import Latency
from bench.simulated.limits import Rate
from bench.simulated.quotas import QUOTAS
from bench.simulated.world import World


class S3:
    """Buckets of keys, each with its etag or, for a rendition, its original's.

    ``bodies`` are what can be read: by etag or by key, else ``picture``.
    """

    refusal_seconds = 0.02

    def __init__(self, world: World, tally: Tally, latency: Latency, picture: bytes):
        self.buckets: dict[str, dict[str, str]] = {"pics": {}, "thumbnails": {}, "site": {}}
        self.bodies: dict[str, bytes] = {}
        self.tally = tally
        self._picture, self._latency = picture, latency
        self._rates = {
            (bucket, kind): Rate(world.time, QUOTAS[f"s3_{kind}"].value)
            for bucket in self.buckets
            for kind in ("reads", "writes")
        }

    def seconds(self, name: str) -> float:
        return self._latency.of(name)

    def etag_of(self, bucket: str, key: str) -> str | None:
        return self.buckets[bucket].get(key)

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self._pass(Bucket, "reads", "s3_gets")
        etag = self.buckets[Bucket].get(Key)
        if etag is None:
            raise RefusedError("404", status=404)
        return {"ETag": f'"{etag}"', "Metadata": {"source-etag": etag}}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self._pass(Bucket, "reads", "s3_gets")
        etag = self.buckets[Bucket].get(Key)
        if etag is None:
            raise RefusedError("NoSuchKey", status=404)
        body = self.bodies.get(etag, self._picture)
        return {"ETag": f'"{etag}"', "ContentLength": len(body), "Body": SimpleNamespace(read=lambda: body)}

    def put_object(self, *, Bucket: str, Key: str, Metadata: dict[str, str] | None = None, **_: Any) -> dict[str, Any]:
        self._pass(Bucket, "writes", "s3_puts")
        self.buckets[Bucket][Key] = (Metadata or {}).get("source-etag", "")
        return {}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        self._pass(Bucket, "writes", "")
        self.buckets[Bucket].pop(Key, None)
        return {}

    def _pass(self, bucket: str, kind: str, unit: str) -> None:
        if not self._rates[bucket, kind].passes():
            raise RefusedError("SlowDown", status=503)
        if unit:
            self.tally.units[unit] += 1
