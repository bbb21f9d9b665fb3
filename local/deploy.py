"""Deploy the template into the laptop stack with CloudFormation, as a deployment to AWS would."""

import json
from pathlib import Path
from typing import Any

import boto3

from local.packaging import digest, package
from scripts.closing import left_as_it_is
from scripts.cloudformation import StackApplier, with_literal_names

_DIGEST_TAG = "kinpics:digest"


def deploy(session: boto3.Session, root: Path, stack_name: str, parameters: dict[str, str]) -> bool:
    """Create or update the stack; returns whether anything had to be done. Raises ``DeployError``."""
    bucket = f"{stack_name}-artifacts"
    template, uploads = package(root, bucket)
    fingerprint = digest(template, parameters)
    applier = StackApplier(session.client("cloudformation"), stack_name, pause=0.05)
    existing = applier.describe()
    if existing and existing["StackStatus"].endswith("_COMPLETE") and _tags(existing).get(_DIGEST_TAG) == fingerprint:
        return False
    s3 = session.client("s3")
    account_id = session.client("sts").get_caller_identity()["Account"]
    template = with_literal_names(template, stack_name, account_id, session.region_name)
    _upload(s3, bucket, {**uploads, "template.json": json.dumps(template).encode()})
    url = f"{s3.meta.endpoint_url}/{bucket}/template.json"
    with left_as_it_is(session, existing):
        return applier.apply(url, set(template["Parameters"]), parameters, {_DIGEST_TAG: fingerprint})


def _upload(s3: Any, bucket: str, uploads: dict[str, bytes]) -> None:
    s3.create_bucket(Bucket=bucket)
    for key, data in uploads.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def _tags(stack: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
