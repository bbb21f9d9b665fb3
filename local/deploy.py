"""Deploy the template into the laptop stack with CloudFormation, as a deployment to AWS would."""

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from local.packaging import digest, package

_DIGEST_TAG = "kinpics:digest"


class DeployError(Exception):
    """CloudFormation refused or could not finish; the message names the resource and its reason."""


def deploy(session: boto3.Session, root: Path, stack_name: str, parameters: dict[str, str]) -> bool:
    """Create or update the stack; returns whether anything had to be done. Raises ``DeployError``."""
    cloudformation = session.client("cloudformation")
    bucket = f"{stack_name}-artifacts"
    template, uploads = package(root, bucket)
    fingerprint = digest(template, parameters)
    existing = _describe(cloudformation, stack_name)
    if existing and existing["StackStatus"].endswith("_COMPLETE") and _tags(existing).get(_DIGEST_TAG) == fingerprint:
        return False
    _upload(session.client("s3"), bucket, uploads)
    arguments = {
        "StackName": stack_name,
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": _DIGEST_TAG, "Value": fingerprint}],
    }
    try:
        if existing and existing["StackStatus"] not in ("ROLLBACK_COMPLETE", "CREATE_FAILED"):
            cloudformation.update_stack(**arguments)
            waiter = "stack_update_complete"
        else:
            if existing:
                cloudformation.delete_stack(StackName=stack_name)
                _wait(cloudformation, "stack_delete_complete", stack_name)
            cloudformation.create_stack(**arguments)
            waiter = "stack_create_complete"
    except ClientError as error:
        raise DeployError(f"the stack {stack_name} was refused: {error.response['Error'].get('Message')}") from None
    _wait(cloudformation, waiter, stack_name)
    return True


def _upload(s3: Any, bucket: str, uploads: dict[str, bytes]) -> None:
    s3.create_bucket(Bucket=bucket)
    for key, data in uploads.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def _describe(cloudformation: Any, stack_name: str) -> dict | None:
    try:
        return cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        raise


def _tags(stack: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}


def _wait(cloudformation: Any, waiter: str, stack_name: str) -> None:
    try:
        cloudformation.get_waiter(waiter).wait(StackName=stack_name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})
    except WaiterError:
        events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if "FAILED" in event["ResourceStatus"] and event.get("ResourceStatusReason")
        ]
        raise DeployError(f"the stack {stack_name} could not be deployed: {'; '.join(reasons)}") from None
