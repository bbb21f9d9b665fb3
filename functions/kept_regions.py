"""What photos' own files say about who is where, kept where no visitor can read it.

A row can be read by every visitor, and a file may name somebody who is hidden. So names are in a file of their own for
each photo that has any, in the thumbnails bucket, under the prefix that CloudFront can't reach. The process function
writes it, the people function reads it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.crops import Area
from functions.face_regions import NamedArea
from functions.keys import ImagePath

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class KeptRegions:
    """The regions of one site's photos, through a boto3 S3 client."""

    client: "S3Client"
    bucket: str

    def put(self, path: ImagePath, regions: Sequence[NamedArea]) -> None:
        """Keep what a photo's file says now; nothing is left of what an earlier version said."""
        if not regions:
            self.delete(path)
            return
        self.client.put_object(
            Bucket=self.bucket,
            Key=path.regions_key,
            Body=json.dumps([[region.name, *region.area] for region in regions], ensure_ascii=False).encode(),
            ContentType="application/json",
        )

    def read(self, path: ImagePath) -> list[NamedArea]:
        """What is kept of a photo; nothing if it is damaged, until the photo is processed again."""
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=path.regions_key)["Body"].read()
            return [NamedArea(name, Area(*box)) for name, *box in json.loads(body)]
        except ClientError as error:
            if not is_not_found(error):
                raise
        except (TypeError, ValueError):
            pass
        return []

    def delete(self, path: ImagePath) -> None:
        """Keep nothing of a photo."""
        self.client.delete_object(Bucket=self.bucket, Key=path.regions_key)
