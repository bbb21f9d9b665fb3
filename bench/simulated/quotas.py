"""What AWS allows: each quota with its source, and the day it was read or why it was not.

`docs/scale.md` holds the same table; a test compares the two.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A quota: a number, what of, where it is from, and when it was read there ("not found" where it was not)."""

    value: float
    what: str
    source: str
    read: str
    adjustable: bool = False


_REKOGNITION = "https://docs.aws.amazon.com/general/latest/gr/rekognition.html"
_ON_DEMAND = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html"
_SCALING = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"
_READ = "2026-11-26"

QUOTAS = {
    "rekognition_calls": Quota(
        5, "IndexFaces, SearchFaces, ListFaces, DeleteFaces: calls a second, each", _REKOGNITION, "", True
    ),
    "rekognition_calls_large": Quota(50, "the same in us-east-1, us-west-2 and eu-west-1", _REKOGNITION, "", True),
    "collection_faces": Quota(
        20_000_000, "faces in a collection", "https://docs.aws.amazon.com/rekognition/latest/dg/limits.html", "", True
    ),
    "dynamodb_partition_writes": Quota(1_000, "write units a second of one partition", _ON_DEMAND, _READ),
    "dynamodb_partition_reads": Quota(3_000, "read units a second of one partition", _ON_DEMAND, _READ),
    "dynamodb_table_writes": Quota(
        4_000, "write units a second of a new on-demand table; twice its last peak later", _ON_DEMAND, _READ
    ),
    "dynamodb_table_reads": Quota(
        12_000, "read units a second of a new on-demand table; twice its last peak later", _ON_DEMAND, _READ
    ),
    "s3_writes": Quota(3_500, "PUT and DELETE calls a second for a prefix of keys", _S3, ""),
    "s3_reads": Quota(5_500, "GET and HEAD calls a second for a prefix of keys", _S3, ""),
    "sqs_in_flight": Quota(120_000, "messages received and not deleted yet", _SQS, _READ, True),
    "sqs_retention_days": Quota(14, "days that SQS keeps a message at most", _SQS, _READ),
    "lambda_concurrency": Quota(
        1_000,
        "functions at once in an account; 10 in many new ones",
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        "",
        True,
    ),
    "lambda_scaling": Quota(300, "more functions a minute that a queue starts, after the first five", _SCALING, _READ),
}
