"""Take the site off AWS: the stack and what can be made again, and the photos only if told to."""

from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_bucket_missing, is_not_found
from functions.keys import WAITING_PREFIX
from scripts.common.bucket import delete_versions, list_objects, list_versions
from scripts.common.site_galleries import list_other_collections
from scripts.common.stack import Stack
from scripts.deployment.closing import find_site_access
from scripts.deployment.cloudformation import StackApplier
from scripts.deployment.cloudfront_plan import find_plan
from scripts.deployment.deploy import Target, artifacts_bucket


def count_waiting(stack: Stack) -> int:
    """How many photos that guests sent wait for the owner: they are nowhere else, and go with the stack."""
    try:
        return sum(1 for _ in list_objects(stack.s3, stack.outputs.incoming_bucket, WAITING_PREFIX))
    except ClientError as error:
        if not is_bucket_missing(error):
            raise
        return 0


def destroy_stack(target: Target, stack: Stack, applier: StackApplier, *, photos: bool) -> None:
    """Delete the stack; with ``photos``, also what it retains: originals, rows and faces. Raises ``DeployError``."""
    # CloudFormation deletes no bucket that holds anything.
    outputs = stack.outputs
    for bucket in (outputs.site_bucket, outputs.thumbnails_bucket, outputs.incoming_bucket):
        _empty(stack.s3, bucket)
    # IAM deletes no role or policy while one is attached to the other.
    _if_there(find_site_access(target.session, outputs).stop_denying)
    plan = find_plan(target.session, stack.name, outputs.distribution)
    if plan.firewall:
        plan.cancel()
    applier.delete()
    if plan.firewall:
        plan.remove_own_firewall()
    artifacts = artifacts_bucket(target, stack.name)
    _empty(stack.s3, artifacts)
    _if_there(stack.s3.delete_bucket, Bucket=artifacts)
    if photos:
        delete_kept(stack)


def delete_kept(stack: Stack) -> None:
    """Delete what outlives the stack: originals, rows and faces, of all galleries too. May be called again."""
    outputs = stack.outputs
    _empty(stack.s3, outputs.pics_bucket)
    _if_there(stack.s3.delete_bucket, Bucket=outputs.pics_bucket)
    for table in (
        outputs.pics_table,
        outputs.private_pics_table,
        outputs.access_table,
        outputs.pics_by_image_id_table,
        outputs.matches_table,
        outputs.requests_table,
        outputs.forgotten_table,
        outputs.decisions_table,
        outputs.contributions_table,
    ):
        _if_there(stack.dynamodb.delete_table, TableName=table)
    others = list_other_collections(stack)
    for collection in (outputs.album_collection, outputs.celebrities_collection, *others):
        _if_there(stack.rekognition.delete_collection, CollectionId=collection)


def _empty(s3: Any, bucket: str) -> None:
    """Delete every version of every object of a bucket, if it is there."""
    try:
        for page in list_versions(s3, bucket):
            delete_versions(s3, bucket, [*page.get("Versions", []), *page.get("DeleteMarkers", [])])
    except ClientError as error:
        if not is_bucket_missing(error):
            raise


def _if_there(call: Any, **arguments: Any) -> None:
    """Make a call that deletes something, which may be gone already."""
    try:
        call(**arguments)
    except ClientError as error:
        if not (is_not_found(error) or is_bucket_missing(error)):
            raise
