"""CloudFront's key-value store in memory."""

from botocore.exceptions import ClientError
from fakes import FakeClient

from functions.edge_store.entry_store import EntryStore


class Store:
    """The service in memory, with its limits; somebody else writes before the updates with the numbers `disturbed`."""

    def __init__(self, entries: dict[str, str] | None = None, disturbed: tuple[int, ...] = ()):
        self.entries = dict(entries or {})
        self.version = 1
        self.updates: list[dict] = []
        self.seen: list[dict[str, str]] = []
        self._disturbed = disturbed

    def describe_key_value_store(self, given: dict) -> dict:
        return {"ETag": str(self.version)}

    def list_keys(self, given: dict) -> dict:
        return {"Items": [{"Key": key, "Value": value} for key, value in self.entries.items()]}

    def update_keys(self, given: dict) -> dict:
        self.updates.append(given)
        if len(self.updates) in self._disturbed:
            self.version += 1
            self.entries["link:else"] = "/"
        if given["IfMatch"] != str(self.version):
            raise ClientError({"Error": {"Code": "ConflictException"}}, "UpdateKeys")
        assert 1 <= len(given["Puts"]) + len(given["Deletes"]) <= 50
        for item in given["Puts"]:
            self.entries[item["Key"]] = item["Value"]
        for item in given["Deletes"]:
            del self.entries[item["Key"]]
        self.version += 1
        self.seen.append(dict(self.entries))
        return {"ETag": str(self.version)}

    def opened(self) -> EntryStore:
        return EntryStore(FakeClient("cloudfront-keyvaluestore", self), "arn:aws:cloudfront::0:key-value-store/1")
