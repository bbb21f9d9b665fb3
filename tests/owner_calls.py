"""The owner's calls of the manage function, with the site in memory."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fake_user_pool import FakeCognito
from support import COLLECTION, FakeAws, LambdaContext

from functions.keys import ImagePath, image_path
from functions.manage import handler, later
from functions.photo_messages import parse_message
from functions.photo_originals import SHA256_METADATA
from functions.withdrawn_site import WITHDRAWN_KEY, SiteFile, WithdrawnSite

if TYPE_CHECKING:
    pass


class Owner:
    """The owner's calls, and what other functions do meanwhile."""

    def __init__(self, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, *, on_laptop: bool = False):
        self.aws = aws
        aws.s3.put_bucket_versioning(Bucket=aws.pics_bucket, VersioningConfiguration={"Status": "Enabled"})
        self.cognito = FakeCognito()
        self.queue = aws.sqs.create_queue(QueueName="manage")["QueueUrl"]
        parts = aws.parts(
            {
                "PICS_BUCKET": aws.pics_bucket,
                "THUMBNAILS_BUCKET": aws.thumbnails_bucket,
                "SITE_BUCKET": aws.site_bucket,
                "PICS_TABLE": aws.pics_table,
                "PRIVATE_PICS_TABLE": aws.private_pics_table,
                "PICS_BY_IMAGE_ID_TABLE": aws.pics_by_image_id_table,
                "ACCESS_TABLE": aws.access_table,
                "REQUESTS_TABLE": aws.requests_table,
                "FORGOTTEN_TABLE": aws.forgotten_table,
                "DECISIONS_TABLE": aws.decisions_table,
                "LEASES_TABLE": aws.leases_table,
                "LEDGER_TABLE": aws.ledger_table,
                "COLLECTION_ID": COLLECTION,
                "USER_POOL": "pool",
                "SIGN_UP": "no",
                "PEOPLE_FUNCTION": "people",
                "DISTRIBUTION": "",
                "DAILY_SEARCHES": "2000",
                "DAILY_INDEXING": "1000",
                "DAILY_PEOPLE": "500",
                "PROCESS_QUEUE_URL": aws.queue_url,
                "DEAD_LETTER_QUEUE_URL": aws.dead_letter_queue_url,
                "PEOPLE_QUEUE_URL": aws.people_queue_url,
                "QUEUE_URL": self.queue,
                **({"KINPICS_API_URL": "http://localhost:4566"} if on_laptop else {}),
            },
            **{"cognito-idp": self.cognito},
        )
        self.manager = handler.wire(parts)
        # What the people function will answer when it is asked for rounds; then that it made them.
        self.rounds: list[bool] = []
        moves = replace(self.manager.audiences, make_round=self._make_round, sleep=self._sleep)
        self.manager = replace(self.manager, audiences=moves)
        monkeypatch.setattr(handler, "_manager", lambda: self.manager)
        for pause in ("_FIRST_SECONDS", "_AGAIN_SECONDS"):
            monkeypatch.setattr(later, pause, 0)

    def _make_round(self) -> bool:
        return self.rounds.pop() if self.rounds else True

    def _sleep(self, seconds: float) -> None:
        self.aws.now += seconds

    def withdrawable(self) -> None:
        """As after a publish: what the site's own files are without sets."""
        site = WithdrawnSite({"index.html": SiteFile("no set", {"ContentType": "text/html"})}, ("cards/",))
        self.aws.s3.put_object(Bucket=self.aws.site_bucket, Key=WITHDRAWN_KEY, Body=site.to_json())

    def site_file(self, key: str) -> bytes:
        return bytes(self.aws.s3.get_object(Bucket=self.aws.site_bucket, Key=key)["Body"].read())

    def call(self, action: str, **fields: Any) -> dict[str, Any]:
        answer = handler.handler({"action": action, "by": "owner@example.org", **fields}, LambdaContext())
        assert answer["statusCode"] == 200, answer
        return answer["output"]

    def refused(self, action: Any, **fields: Any) -> tuple[int, str]:
        answer = handler.handler({"action": action, **fields}, LambdaContext())
        return answer["statusCode"], answer["err"]["message"]

    def put(self, path: ImagePath, body: bytes) -> None:
        self.aws.s3.put_object(
            Bucket=self.aws.pics_bucket, Key=path.key, Body=body, Metadata={SHA256_METADATA: f"digest-of-{len(body)}"}
        )
        self.process(path)

    def process(self, *paths: ImagePath) -> None:
        """What the process function does once S3 has told it of photos."""
        for path in paths:
            self.aws.photo_sync.sync(self.aws.pics_bucket, path, owner="test", seconds=60)

    def process_asked(self) -> list[str]:
        """What it does with the messages in its queue; returns the photos."""
        done = []
        queue = {"QueueUrl": self.aws.queue_url, "MaxNumberOfMessages": 10}
        while found := self.aws.sqs.receive_message(**queue).get("Messages"):
            for message in found:
                for change in parse_message(message["Body"]):
                    path = image_path(*change.key.split("/")[1:])
                    self.aws.photo_sync.sync(change.bucket, path, owner="test", seconds=60, force=change.force)
                    done.append(str(path))
                self.aws.sqs.delete_message(QueueUrl=self.aws.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(done)

    def round(self) -> None:
        """What the people function does with its queue."""
        found = self.aws.sqs.receive_message(QueueUrl=self.aws.people_queue_url, MaxNumberOfMessages=10)
        self.aws.people.take([message["Body"] for message in found.get("Messages", [])], "test", 60)

    def left(self) -> int:
        """How much is left to do after trying it once more."""
        self.call("ceilings")
        counted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.aws.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=counted)["Attributes"]
        return sum(map(int, found.values()))
