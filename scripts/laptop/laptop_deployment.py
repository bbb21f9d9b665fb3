"""Deploys the template to the laptop stack with CloudFormation, as on AWS."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from functions.access.access_table import AccessTable
from functions.access.edge_entries import entries
from local.launcher import Deployed, Project
from local.state_folder import STACK_NAME, Running
from scripts.common.config import load_config, load_theme_config
from scripts.common.outputs import StackOutputs
from scripts.common.template import gate_code, load_template
from scripts.deployment.closing import find_site_access, keep_closed
from scripts.deployment.cloudformation import StackApplier, with_literal_names
from scripts.laptop.home_pages import RenderedHomePages
from scripts.laptop.packaging import digest, package_checkout

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef
    from types_boto3_s3 import S3Client

_DIGEST_TAG = "kinpics:digest"
# Two photos at a time keep two cores busy: while one is in its function, the other is in the face engine. More searches
# at once than cores would be no faster, so the others wait their turn.
_PARAMETERS = {
    "Platform": "laptop",
    "ProcessConcurrency": "2",
    "SearchConcurrency": str(max(2, os.cpu_count() or 1)),
    "DoorConcurrency": str(max(2, os.cpu_count() or 1)),
    "UploadConcurrency": str(max(2, os.cpu_count() or 1)),
    "PeopleWait": "2",
    # Nobody pays for these calls here, and a folder of 20,000 photos goes in overnight.
    "DailyIndexing": "1000000",
    "DailyFilms": "1000000",
    "DailyPeople": "1000000",
    "SignUp": "yes",
}


def make_project(root: Path, prepare: Callable[[Running], Awaitable[None]]) -> Project:
    """What the launcher deploys and serves of a checkout. Raises ``ConfigError``."""
    config = load_config(root / "kinpics.toml")
    # Asking a queue for work costs nothing here.
    parameters = _PARAMETERS | config.parameters | {"Films": "yes", "MediaConvert": "no"}
    template = load_template(root / "template.yaml")

    def deployed(session: boto3.Session) -> Deployed:
        outputs = deploy(session, root, STACK_NAME, parameters)
        access = AccessTable(session.resource("dynamodb").meta.client, outputs.access_table)
        return Deployed(
            outputs.site_bucket,
            outputs.thumbnails_bucket,
            outputs.access_table,
            lambda: find_site_access(session, outputs),
            lambda: entries(access.read_all()),
        )

    return Project(
        template=template,
        parameters=parameters,
        gate_code=gate_code(template),
        deploy=deployed,
        prepare=prepare,
        home_pages=RenderedHomePages(config, load_theme_config(root / "kinpics.toml")),
    )


def deploy(session: boto3.Session, root: Path, stack_name: str, parameters: dict[str, str]) -> StackOutputs:
    """Create or update the stack, unless it is up to date; returns its outputs. Raises ``DeployError``."""
    bucket = f"{stack_name}-artifacts"
    template, uploads = package_checkout(root, bucket)
    fingerprint = digest(template, parameters)
    applier = StackApplier(session.client("cloudformation"), stack_name, pause=0.05)
    existing = applier.describe()
    if existing and existing["StackStatus"].endswith("_COMPLETE") and _tags(existing).get(_DIGEST_TAG) == fingerprint:
        return StackOutputs.read(existing["Outputs"])
    s3 = session.client("s3")
    account_id = session.client("sts").get_caller_identity()["Account"]
    template = with_literal_names(template, stack_name, account_id, session.region_name)
    _upload(s3, bucket, {**uploads, "template.json": json.dumps(template).encode()})
    url = f"{s3.meta.endpoint_url}/{bucket}/template.json"
    with keep_closed(session, existing):
        applier.apply(url, set(template["Parameters"]), parameters, {_DIGEST_TAG: fingerprint})
    made = applier.describe()
    return StackOutputs.read(made["Outputs"] if made else [])


def _upload(s3: "S3Client", bucket: str, uploads: dict[str, bytes]) -> None:
    s3.create_bucket(Bucket=bucket)
    for key, data in uploads.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def _tags(stack: "StackTypeDef") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
