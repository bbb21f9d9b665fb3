"""Build the functions, put them and the template where CloudFormation finds them, and bring the stack up to date.

The settings of a deployment are the template's parameters. CloudFormation remembers them, so the owner only gives what
changes.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from functions.aws_errors import code_of, message_of
from functions.errors import KinpicsError
from functions.keys import PHOTOS_PREFIX
from scripts.common.bucket import list_objects
from scripts.common.config import ROOT
from scripts.common.stack import Stack
from scripts.costs.limits import TableLimit, count_reserved, read_limits
from scripts.deployment.account_limits import read_concurrency
from scripts.deployment.archives import archive_functions
from scripts.deployment.closing import closed_template, keep_closed
from scripts.deployment.cloudformation import DeployError, StackApplier, read_outputs, with_literal_names
from scripts.deployment.cloudfront_plan import find_plan

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import LifecycleRuleTypeDef, QueueConfigurationTypeDef

# Bucket names end at 63 characters: `-thumbnails-`, an account's 12 digits and the longest region's name take 39.
_STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,22}[a-z0-9]")
_KEEP_PACKAGES_DAYS = 90
# How archives are compressed: those for this machine go nowhere.
_QUICK, _SMALL = 1, 6


class ToolError(KinpicsError):
    """A tool that deploying needs is missing or failed; the message has what it said."""


@dataclass(frozen=True)
class Target:
    """An AWS account and region to deploy into; the laptop stack is one too."""

    session: boto3.Session
    is_laptop: bool

    @classmethod
    def chosen(cls) -> "Target":
        """The one that the standard variables name."""
        return cls(boto3.Session(), bool(os.environ.get("AWS_ENDPOINT_URL")))

    def check(self) -> None:
        """Raise ``DeployError`` if nothing can be deployed: without a region, Rekognition or credentials."""
        region = self.session.region_name
        if not region:
            raise DeployError("no AWS region is set: name one with --region, or set AWS_REGION")
        if not self.is_laptop and not self.has_rekognition():
            known = ", ".join(rekognition_regions())
            raise DeployError(
                f"Rekognition is not in {region}, as far as boto3 knows: choose one of {known} with --region"
            )
        if self.session.get_credentials() is None:
            raise DeployError(
                "there are no AWS credentials: run `aws configure` or `aws sso login`, or set the standard variables "
                "(to try it on this laptop, start `kinpics local`)"
            )
        try:
            self.account_id()
        except ClientError as error:
            raise DeployError(f"AWS refuses these credentials: {message_of(error)}") from None

    def account_id(self) -> str:
        return self.session.client("sts").get_caller_identity()["Account"]

    def has_rekognition(self) -> bool:
        return self.session.region_name in rekognition_regions()


def rekognition_regions() -> list[str]:
    """AWS's regions that recognise faces, as far as this boto3 knows."""
    return boto3.Session().get_available_regions("rekognition")


def check_stack_name(name: str) -> str:
    """Return ``name`` if a stack can have it. Raises ``DeployError``."""
    if not _STACK_NAME.fullmatch(name):
        raise DeployError(
            f"{name!r} can't be the stack's name, because its buckets' names contain it: choose 2 to 24 lower-case "
            "letters, digits and hyphens, beginning with a letter"
        )
    return name


def has_room(target: Target, described: "StackTypeDef | None", wanted: int) -> bool:
    """Whether the account has room to reserve ``wanted`` executions for searches, and some for removal requests
    and private albums.

    A new account may run 10 functions in all. ``described`` is the stack as CloudFormation describes it, if there is
    one; what it has reserved counts as room.
    """
    outputs = read_outputs(described)
    functions = target.session.client("lambda")
    reserved = 0
    for name in ("SearchFunction", "RemovalFunction", "DoorFunction", "UploadsFunction"):
        if name in outputs:
            settings = functions.get_function_concurrency(FunctionName=outputs[name])
            reserved += settings.get("ReservedConcurrentExecutions", 0)
    return read_concurrency(target.session).has_room(count_reserved(wanted), reserved)


def deploy_stack(target: Target, applier: StackApplier, parameters: dict[str, str]) -> bool:
    """Build, package and apply; returns whether CloudFormation had anything to do. A closed site stays closed.

    Raises ``DeployError``, ``ToolError``.
    """
    from scripts.common.template import load_template

    check_stack_name(applier.name)
    bucket = artifacts_bucket(target, applier.name)
    _make_bucket(target, bucket)
    with built_functions(for_this_machine=target.is_laptop) as built:
        template = load_template(package_template(built, target.session.client("s3"), bucket))
    template = with_literal_names(template, applier.name, target.account_id(), target.session.region_name)
    before = applier.describe()
    # A firewall that a plan or the owner attached stays: CloudFormation would remove it.
    firewall = find_plan(target.session, applier.name, read_outputs(before).get("Distribution")).firewall
    with keep_closed(target.session, before) as closed:
        body = json.dumps(closed_template(template) if closed else template).encode()
        s3 = target.session.client("s3")
        key = f"{hashlib.sha256(body).hexdigest()}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        return applier.apply(
            f"{s3.meta.endpoint_url}/{bucket}/{key}",
            set(template["Parameters"]),
            {"Platform": "laptop" if target.is_laptop else "aws", "WebAclArn": firewall, **parameters},
        )


def connect_bucket(stack: Stack) -> bool:
    """Make the pics bucket notify this stack's queue; returns whether it did not before.

    CloudFormation adopts a bucket of a deleted stack as it is: it still notifies that stack's queue.
    """
    queue = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs.process_queue, AttributeNames=["QueueArn"])
    arn = queue["Attributes"]["QueueArn"]
    if list_notified_queues(stack) == {arn}:
        return False
    told: QueueConfigurationTypeDef = {
        "QueueArn": arn,
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": PHOTOS_PREFIX}]}},
    }
    stack.s3.put_bucket_notification_configuration(
        Bucket=stack.outputs.pics_bucket, NotificationConfiguration={"QueueConfigurations": [told]}
    )
    return True


def list_notified_queues(stack: Stack) -> set[str]:
    """ARNs of the queues that the pics bucket notifies."""
    found = stack.s3.get_bucket_notification_configuration(Bucket=stack.outputs.pics_bucket)
    return {entry["QueueArn"] for entry in found.get("QueueConfigurations", [])}


def limit_tables(stack: Stack) -> list[str]:
    """Give tables and indexes the maxima they lack; returns which lacked them.

    CloudFormation adopts a table of a deleted stack as it is, perhaps from before there were maxima.
    """
    lacking = list_unlimited(stack)
    names = stack.outputs.by_key()
    waiter = stack.dynamodb.get_waiter("table_exists")
    for limit in lacking:
        table = names[limit.name]
        throughput = {"OnDemandThroughput": limit.throughput}
        change = {"Update": {"IndexName": limit.index, **throughput}}
        update = {"GlobalSecondaryIndexUpdates": [change]} if limit.index else throughput
        # One change of a table at a time.
        waiter.wait(TableName=table)
        stack.dynamodb.update_table(TableName=table, **update)
    return [limit.title for limit in lacking]


def list_unlimited(stack: Stack) -> list[TableLimit]:
    """Tables and indexes that visitors reach whose maxima are not what the deployment's parameters say."""
    lacking = []
    names = stack.outputs.by_key()
    for limit in read_limits(stack.parameters).tables:
        table = stack.dynamodb.describe_table(TableName=names[limit.name])["Table"]
        indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
        described = indexes[limit.index] if limit.index else table
        has: dict[str, Any] = dict(described.get("OnDemandThroughput", {}))
        if any(int(has.get(key, -1)) != units for key, units in limit.throughput.items()):
            lacking.append(limit)
    return lacking


@contextlib.contextmanager
def built_functions(root: Path = ROOT, *, for_this_machine: bool = False) -> Iterator[Path]:
    """The built template of the checkout in ``root``, beside the functions with their packages and their archives.
    Nobody else builds meanwhile. Raises ``ToolError``.

    They are built for Lambda's machine and Python, as the template names them, or for this machine's. What was built
    from the same files last time is used again.
    """
    folder = root / ".aws-sam" / ("laptop" if for_this_machine else "lambda")
    folder.mkdir(parents=True, exist_ok=True)
    template, made_of = folder / "template.yaml", folder.with_suffix(".sha256")
    with folder.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _fingerprint(root, f"{sys.version} {platform.platform()}" if for_this_machine else "")
        if not (template.exists() and made_of.exists() and made_of.read_text(encoding="utf-8") == wanted):
            made_of.unlink(missing_ok=True)
            environment = {"PLATFORM": ""} if for_this_machine else {}
            _sam("build", "--build-dir", str(folder), "--template", str(root / "template.yaml"), **environment)
            archive_functions(template, _QUICK if for_this_machine else _SMALL)
            made_of.write_text(wanted, encoding="utf-8")
        yield template


def _fingerprint(root: Path, machine: str) -> str:
    """A hash of everything that functions are built from."""
    files = sorted(path for path in (root / "functions").rglob("*") if path.suffix != ".pyc" and path.is_file())
    made_of = [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in (*files, root / "template.yaml")]
    return hashlib.sha256(json.dumps([machine, made_of]).encode()).hexdigest()


def package_template(template: Path, s3: "S3Client", bucket: str) -> Path:
    """Upload a built template's files to a bucket; returns the template that names them there. Raises ``ToolError``.

    What was packaged for this bucket last time is used again as long as all of it is still there.
    """
    packaged = template.parent / "packaged.yaml"
    made_of = packaged.with_suffix(".sha256")
    wanted = f"{bucket} {template.parent.with_suffix('.sha256').read_text(encoding='utf-8')}"
    is_known = packaged.exists() and made_of.exists() and made_of.read_text(encoding="utf-8") == wanted
    if not (is_known and _are_there(s3, bucket, packaged.read_text(encoding="utf-8"))):
        made_of.unlink(missing_ok=True)
        _sam(
            "package", "--template-file", str(template), "--s3-bucket", bucket, "--output-template-file", str(packaged)
        )
        made_of.write_text(wanted, encoding="utf-8")
    return packaged


def _are_there(s3: "S3Client", bucket: str, packaged: str) -> bool:
    """Whether a bucket has all files that a packaged template names there."""
    keys = set(re.findall(rf"s3://{re.escape(bucket)}/(\S+)", packaged))
    there = {str(item["Key"]) for item in list_objects(s3, bucket)}
    return bool(keys) and keys <= there


def artifacts_bucket(target: Target, stack_name: str) -> str:
    """Name of the bucket for packages."""
    return f"{stack_name}-artifacts-{target.account_id()}-{target.session.region_name}"


def _make_bucket(target: Target, bucket: str) -> None:
    """Create the bucket for packages if it is missing; AWS makes new buckets private and encrypted."""
    s3, region = target.session.client("s3"), target.session.region_name
    place: dict[str, Any] = (
        {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except ClientError as error:
        if code_of(error) != "BucketAlreadyOwnedByYou":
            raise
    expire: LifecycleRuleTypeDef = {
        "ID": "old-packages",
        "Status": "Enabled",
        "Filter": {},
        "Expiration": {"Days": _KEEP_PACKAGES_DAYS},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [expire]})


def _sam(*arguments: str, **environment: str) -> None:
    result = subprocess.run(  # noqa: S603 - our own arguments
        [find_sam(), *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "SAM_CLI_TELEMETRY": "0",
            # The functions' Makefile calls python3: let it be this one, which has pip.
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ToolError(f"sam {arguments[0]} failed:\n{(result.stderr or result.stdout).strip()[-2000:]}")


def find_sam() -> str:
    """The program `sam`. Raises ``ToolError``."""
    own = ROOT / ".venv-sam" / "bin" / "sam"
    if own.exists():
        return str(own)
    found = shutil.which("sam")
    if found is None:
        raise ToolError("aws-sam-cli is missing: run `make sam`, which sets it up inside the checkout")
    return found
