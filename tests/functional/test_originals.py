"""Damaged originals, on S3 in memory."""

import base64
import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from support import FakeAws

from functions.keys import ImagePath
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.health import integrity
from scripts.health.integrity import Checked, find_damage, list_earlier_versions, read_originals

GOOD, ROTTEN = b"the picture" * 100, b"the pictxre" * 100
SHA256 = hashlib.sha256(GOOD).hexdigest()
PATH = ImagePath("set", "a.jpg")


@pytest.fixture
def stack(aws: FakeAws) -> Stack:
    return Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)


def test_a_good_original_counts_as_undamaged(aws: FakeAws) -> None:
    checksum = base64.b64encode(bytes.fromhex(SHA256)).decode()
    aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=GOOD, Metadata={"sha256": SHA256}, ChecksumSHA256=checksum)
    assert find_damage(aws.s3, "pics", PATH.key, len(GOOD)) is None
    assert find_damage(aws.s3, "pics", "photos/set/gone.jpg", 1) is None, "it was deleted meanwhile"


def test_bytes_that_were_not_uploaded_are_damage(aws: FakeAws) -> None:
    aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=ROTTEN, Metadata={"sha256": SHA256})
    assert "their SHA-256 differs" in (find_damage(aws.s3, "pics", PATH.key, len(GOOD)) or "")


def test_a_truncated_original_is_damage(aws: FakeAws) -> None:
    aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=GOOD[:500])
    assert find_damage(aws.s3, "pics", PATH.key, len(GOOD)) == "it has 500 bytes instead of 1,100"


class Rotten:
    """An S3 client whose disk has changed the bytes of an object; all else it says is as it was."""

    def __init__(self, client: object, status: int = 0):
        self._client, self._status = client, status

    def get_object(self, **arguments: str) -> dict:
        if self._status:
            answer = {"Error": {"Code": "X", "Message": "words"}, "ResponseMetadata": {"HTTPStatusCode": self._status}}
            raise ClientError(answer, "GetObject")
        answer = self._client.get_object(**arguments)
        answer["Body"].read()
        answer["Body"].iter_chunks = lambda size: iter([ROTTEN])
        return answer


def test_rot_shows_against_the_etag_alone(aws: FakeAws) -> None:
    aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=GOOD)
    assert "their MD5 differs" in (find_damage(Rotten(aws.s3), "pics", PATH.key, len(GOOD)) or "")


def test_what_can_not_be_read_is_damage_but_a_refusal_is_none(aws: FakeAws) -> None:
    assert find_damage(Rotten(aws.s3, 500), "pics", PATH.key, 1) == "it can't be read: words"
    with pytest.raises(ClientError):
        find_damage(Rotten(aws.s3, 403), "pics", PATH.key, 1)


def test_a_multipart_object_is_checked_against_its_source(aws: FakeAws) -> None:
    upload = aws.s3.create_multipart_upload(Bucket="pics", Key=PATH.key, Metadata={"sha256": SHA256})["UploadId"]
    place = {"Bucket": "pics", "Key": PATH.key, "UploadId": upload}
    part = aws.s3.upload_part(**place, PartNumber=1, Body=GOOD)
    aws.s3.complete_multipart_upload(**place, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert find_damage(aws.s3, "pics", PATH.key, len(GOOD)) is None
    assert "their SHA-256 differs" in (find_damage(Rotten(aws.s3), "pics", PATH.key, len(GOOD)) or "")


def read(stack: Stack, *, whole: bool) -> Checked:
    with tempfile.TemporaryDirectory() as folder:
        return read_originals(stack, Progress(quiet=True), Path(folder) / "read.json", whole=whole)


def test_a_sample_reads_a_part_and_all_reads_everything(
    aws: FakeAws, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        aws.s3.put_object(Bucket="pics", Key=f"photos/set/{number}.jpg", Body=GOOD, Metadata={"sha256": SHA256})
    aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=ROTTEN, Metadata={"sha256": SHA256})
    monkeypatch.setattr(integrity, "SAMPLE_PHOTOS", 5)
    assert read(stack, whole=False).read == 5
    monkeypatch.setattr(integrity, "SAMPLE_BYTES", 2.5 * len(GOOD))
    assert read(stack, whole=False).read == 2
    checked = read(stack, whole=True)
    assert (checked.total, checked.read, list(checked.damaged)) == (13, 13, [PATH])
    monkeypatch.setattr(integrity, "SAMPLE_SECONDS", -1)
    assert read(stack, whole=False).read == 0


class Steps(Progress):
    """Counts the steps of a bar, and stops the command at one of them."""

    def __init__(self, stop: int | None = None):
        super().__init__(quiet=True)
        self.made = 0
        self._stop = stop

    @contextlib.contextmanager
    def bar(self, label: str, length: int, *, in_bytes: bool = False) -> Iterator[Callable[..., None]]:
        def step(steps: int = 1) -> None:
            self.made += steps
            if self.made == self._stop:
                raise KeyboardInterrupt

        yield step


def test_reading_all_originals_goes_on_where_it_was_stopped(
    aws: FakeAws, stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        body = ROTTEN if number == 1 else GOOD
        aws.s3.put_object(Bucket="pics", Key=f"photos/set/{number:02}.jpg", Body=body, Metadata={"sha256": SHA256})
    stack.s3.meta.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 5}
    )
    file = tmp_path / "folder" / "read.json"
    with pytest.raises(KeyboardInterrupt):
        read_originals(stack, Steps(stop=8), file, whole=True)
    resumed = Steps()
    checked = read_originals(stack, resumed, file, whole=True)
    assert "going on where reading was stopped, after 5 photos" in capsys.readouterr().err
    assert (checked.total, checked.read, resumed.made) == (12, 12, 12)
    assert [path.file for path in checked.damaged] == ["01.jpg"]
    assert not file.exists()
    for rubbish in ("{", json.dumps({"bucket": "another"})):
        file.write_text(rubbish)
        assert read_originals(stack, Steps(), file, whole=True).read == 12


def test_the_size_of_the_row_counts_where_it_is_of_this_version(aws: FakeAws, stack: Stack) -> None:
    etag = aws.s3.put_object(Bucket="pics", Key=PATH.key, Body=GOOD)["ETag"].strip('"')
    row = {"primarykey": "set", "sortkey": "a.jpg", "etag": etag, "size": Decimal(99)}
    aws.dynamodb.put_item(TableName="pics", Item=row)
    assert "instead of 99" in read(stack, whole=True).damaged[PATH]
    aws.dynamodb.put_item(TableName="pics", Item={**row, "etag": "older"})
    assert read(stack, whole=True).damaged == {}


def test_earlier_versions_are_found(aws: FakeAws, stack: Stack) -> None:
    aws.s3.put_bucket_versioning(Bucket="pics", VersioningConfiguration={"Status": "Enabled"})
    for key in (PATH.key, PATH.key, f"{PATH.key}.png"):
        aws.s3.put_object(Bucket="pics", Key=key, Body=GOOD)
    assert len(list_earlier_versions(stack, PATH)) == 1
