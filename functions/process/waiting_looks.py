"""Photos that wait for the owner, as small JPEGs, where a browser can't show what a phone sent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.keys import LOOKS_PREFIX, WAITING_PREFIX
from functions.process.images import LARGE_TYPE, check_size, make_look

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class WaitingLooks:
    """Makes them in the bucket of what browsers send, through one boto3 S3 client."""

    client: "S3Client"

    def make(self, bucket: str, photo: str) -> None:
        """Make one of the photo that waits at ``photo``, below ``waiting/``.

        Raises ``UnusableImageError``, or whatever AWS raises.
        """
        try:
            found = self.client.get_object(Bucket=bucket, Key=WAITING_PREFIX + photo)
        except ClientError as error:
            if is_not_found(error):
                return
            raise
        check_size(found["ContentLength"])
        look = make_look(found["Body"].read())
        self.client.put_object(Bucket=bucket, Key=LOOKS_PREFIX + photo, Body=look, ContentType=LARGE_TYPE)
        if not self._waits(bucket, photo):  # it was taken back, let in or refused meanwhile
            self.client.delete_object(Bucket=bucket, Key=LOOKS_PREFIX + photo)

    def _waits(self, bucket: str, photo: str) -> bool:
        try:
            self.client.head_object(Bucket=bucket, Key=WAITING_PREFIX + photo)
        except ClientError as error:
            if is_not_found(error):
                return False
            raise
        return True
