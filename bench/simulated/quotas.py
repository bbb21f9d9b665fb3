"""What AWS allows. docs/scale.md has the same table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A quota: a number, what of, the page that states it, and when a stored copy of that was read; empty for never."""

    value: float
    what: str
    source: str
    read: str
    adjustable: bool = False


_REKOGNITION = "https://docs.aws.amazon.com/general/latest/gr/rekognition.html"
_ON_DEMAND = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html"
_FACES = "https://docs.aws.amazon.com/rekognition/latest/dg/limits.html"
_S3 = "https://aws.amazon.com/premiumsupport/knowledge-center/s3-object-key-naming-pattern/"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
_SCALING = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"
_READ = "2026-11-26"

QUOTAS = {
    "rekognition_calls": Quota(
        5, "IndexFaces, SearchFaces, ListFaces, DeleteFaces: calls a second of each", _REKOGNITION, "", True
    ),
    "rekognition_calls_large": Quota(50, "the same in us-east-1, us-west-2 and eu-west-1", _REKOGNITION, "", True),
    "collection_faces": Quota(10_000_000, "faces in a collection; 20,000,000 on request", _FACES, _READ, True),
    "dynamodb_partition_writes": Quota(1_000, "write units a second of a partition", _ON_DEMAND, _READ),
    "dynamodb_partition_reads": Quota(3_000, "read units a second of a partition", _ON_DEMAND, _READ),
    "dynamodb_table_writes": Quota(4_000, "write units a second of a new table; later more", _ON_DEMAND, _READ),
    "dynamodb_table_reads": Quota(12_000, "read units a second of a new table; later more", _ON_DEMAND, _READ),
    "s3_writes": Quota(3_500, "PUT and DELETE calls a second for a prefix of keys", _S3, _READ),
    "s3_reads": Quota(5_500, "GET and HEAD calls a second for a prefix of keys", _S3, _READ),
    "sqs_in_flight": Quota(120_000, "messages received and not deleted yet", _SQS, _READ, True),
    "sqs_retention_days": Quota(14, "days that SQS keeps a message at most", _SQS, ""),
    "lambda_concurrency": Quota(
        1_000, "functions at once in an account; fewer, often 10, in a new one", _LAMBDA, _READ, True
    ),
    "lambda_scaling": Quota(300, "more functions a minute for a queue, after the first five", _SCALING, _READ),
}


def table() -> str:
    """The quotas as Markdown."""
    lines = ["| limit | what of | can be raised | read |", "|---|---|---|---|"]
    for quota in QUOTAS.values():
        raised = "yes" if quota.adjustable else "no"
        lines.append(f"| {quota.value:,} | [{quota.what}]({quota.source}) | {raised} | {quota.read} |")
    return "\n".join(lines)
