"""What AWS's errors mean, whatever each service calls them."""

from botocore.exceptions import ClientError

# S3 says it of objects (HeadObject with just the status), then CloudFront, IAM, and the others.
_NOT_FOUND = {
    *("404", "NoSuchKey", "NotFound"),
    *("NoSuchDistribution", "NoSuchEntity"),
    *("ResourceNotFoundException", "NotFoundException"),
}
# S3's codes for a refused conditional write; emulators give just the status.
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
# Too many calls or units a second, as DynamoDB and Rekognition say it.
_BUSY = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}


def code_of(error: ClientError) -> str:
    """AWS's name for an error; empty where it gives none."""
    return error.response.get("Error", {}).get("Code", "")


def message_of(error: ClientError) -> str:
    """What AWS says about an error; empty where it says nothing."""
    return error.response.get("Error", {}).get("Message", "")


def is_not_found(error: ClientError) -> bool:
    """Whether what was asked for is not there; of a bucket that is missing, `is_bucket_missing` knows.

    A photo that is not there is removed from the site; no photo may go because its bucket can't be found.
    """
    return code_of(error) in _NOT_FOUND


def is_bucket_missing(error: ClientError) -> bool:
    """Whether the whole bucket is not there."""
    return code_of(error) == "NoSuchBucket"


def is_stack_missing(error: ClientError) -> bool:
    """Whether CloudFormation knows no stack of this name: only its message says so."""
    return code_of(error) == "ValidationError" and "does not exist" in message_of(error)


def is_condition_failed(error: ClientError) -> bool:
    """Whether a write was refused because its condition does not hold."""
    return code_of(error) == "ConditionalCheckFailedException"


def is_taken(error: ClientError) -> bool:
    """Whether a write to S3 was refused because somebody else wrote there first, or is writing now."""
    return code_of(error) in _TAKEN


def is_busy(error: ClientError) -> bool:
    """Whether the service has no room for a call just now: try again in a moment."""
    return code_of(error) in _BUSY
