"""Deploying against the laptop stack, as the owner does it: the built template, changes, failures, taking it off."""

import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running import RunningStack, run_kinpics, start_stack
from support import jpeg

from functions.site_access import SiteAccess
from scripts.deployment.cloudformation import DeployError, StackApplier
from scripts.deployment.deploy import built_functions
from scripts.laptop.packaging import package_checkout

ROOT = Path(__file__).parents[2]
SECOND = "second-album"
MAX_PACKAGE_BYTES = 25_000_000


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of these tests alone: they deploy and destroy on it."""
    running = start_stack(tmp_path_factory.mktemp("deployment") / "data")
    try:
        yield running
    finally:
        running.stop()


def second(laptop: RunningStack, *arguments: str, check: bool = True, typed: str = "") -> subprocess.CompletedProcess:
    """A command on the second album."""
    chosen = ("--data", str(laptop.data), "--stack", SECOND)
    result = run_kinpics(*chosen, *arguments, environment=laptop.environment, typed=typed)
    assert not check or result.returncode == 0, result.stdout + result.stderr
    return result


def described(laptop: RunningStack, name: str) -> dict[str, Any]:
    stack = laptop.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {
        "status": stack["StackStatus"],
        "parameters": {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]},
        "outputs": {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])},
    }


def site_access_of(laptop: RunningStack, outputs: dict[str, str]) -> SiteAccess:
    """What lets visitors into a stack."""
    clients = [laptop.client(name) for name in ("iam", "lambda", "cognito-identity")]
    return SiteAccess(*clients, None, outputs["IdentityPool"], outputs["ClosedPolicy"], outputs.get("Router", ""))


def faces(laptop: RunningStack, outputs: dict[str, str]) -> set[str]:
    found = laptop.client("rekognition").list_faces(CollectionId=outputs["AlbumCollection"])["Faces"]
    return {face["FaceId"] for face in found}


def sign_up(laptop: RunningStack, outputs: dict[str, str]) -> None:
    pool, email = laptop.client("cognito-idp"), f"{uuid.uuid4()}@example.com"
    pool.sign_up(ClientId=outputs["UserPoolClient"], Username=email, Password="correct horse battery")


def offers_accounts(laptop: RunningStack, outputs: dict[str, str]) -> bool:
    """Whether the pages let a visitor make an account; they agree on it."""
    s3 = laptop.client("s3")
    keys = {"account": "account/index.html", "index": "index.html"}
    pages = {
        name: s3.get_object(Bucket=outputs["SiteBucket"], Key=key)["Body"].read().decode() for name, key in keys.items()
    }
    offered = 'data-show="sign-up"' in pages["account"]
    assert offered == ("isn't taking new accounts" not in pages["account"])
    assert offered == ('id="my-account" hidden' not in pages["index"])
    return offered


def maxima(laptop: RunningStack, table: str) -> tuple[int, int]:
    """Read and write units a second that a table gives at most."""
    found = laptop.client("dynamodb").describe_table(TableName=table)["Table"]["OnDemandThroughput"]
    return found["MaxReadRequestUnits"], found["MaxWriteRequestUnits"]


def test_a_site_is_deployed_used_changed_destroyed_and_found_again(
    laptop: RunningStack, demo_folders: list[Path], tmp_path: Path
) -> None:
    first = described(laptop, "kinpics")
    result = second(laptop, "deploy", "--yes", "--daily-searches", "7")
    assert f"{SECOND} is deployed" in result.stdout
    made = described(laptop, SECOND)
    assert made["parameters"]["DailySearches"] == "7"
    assert not set(made["outputs"].values()) & set(first["outputs"].values()), "two albums share nothing"
    assert described(laptop, "kinpics") == first

    # Nobody makes an account unless the owner says so.
    assert not offers_accounts(laptop, made["outputs"])
    with pytest.raises(ClientError, match="SignUp is not permitted"):
        sign_up(laptop, made["outputs"])

    # What visitors can cost is bounded as the parameters say, in tables that CloudFormation made or took over.
    reads = {name: maxima(laptop, made["outputs"][name]) for name in ("PicsTable", "LedgerTable", "MatchesTable")}
    assert reads == {"PicsTable": (30, -1), "LedgerTable": (30, 10), "MatchesTable": (3, 3)}
    worst = json.loads(second(laptop, "cost", "--worst", "--json").stdout)
    assert SECOND in worst["limits"]
    assert worst["usd"]["rekognition"] == pytest.approx([0.007, 0.007])

    # The built functions run: with the packages in their archives.
    (folder,) = [folder for folder in demo_folders if folder.name == "2009_inauguration"]
    report = json.loads(second(laptop, "upload", str(folder), "--json").stdout)["sets"][0]
    assert (report["processed"], report["failures"]) == (4, [])
    assert not list(laptop.table("PicsTable").scan()["Items"]), "the first album knows nothing of it"
    before = faces(laptop, made["outputs"])
    assert len(before) == 4

    # Deployed again while closed, with one setting changed: the others stay, nothing is lost, and it stays closed.
    second(laptop, "close")
    second(laptop, "deploy", "--visitor-daily-searches", "3", "--sign-up", "yes")
    assert set(site_access_of(laptop, made["outputs"]).state().values()) == {True}
    second(laptop, "open")
    assert set(site_access_of(laptop, made["outputs"]).state().values()) == {False}
    changed = described(laptop, SECOND)
    assert changed["status"] == "UPDATE_COMPLETE"
    assert changed["parameters"]["DailySearches"] == "7"
    assert changed["parameters"]["VisitorDailySearches"] == "3"
    assert changed["outputs"] == made["outputs"]
    assert offers_accounts(laptop, made["outputs"])
    sign_up(laptop, made["outputs"])
    assert faces(laptop, made["outputs"]) == before

    # Taken off, but for the photos.
    assert second(laptop, "destroy", check=False, typed="n\n").returncode == 1
    gone = second(laptop, "destroy", "--yes")
    assert made["outputs"]["PicsBucket"] in gone.stdout
    buckets = {bucket["Name"] for bucket in laptop.client("s3").list_buckets()["Buckets"]}
    assert {name for name in buckets if name.startswith(SECOND)} == {made["outputs"]["PicsBucket"]}
    assert second(laptop, "publish", check=False).returncode == 1

    # Deployed again, it finds its photos, rows and faces; what could be made again is made again.
    assert f"{SECOND} is deployed" in second(laptop, "deploy", "--yes").stdout
    again = described(laptop, SECOND)
    assert faces(laptop, again["outputs"]) == before
    mended = json.loads(second(laptop, "reconcile", "--json").stdout)
    assert mended["mended"]["pics"] == 4, "thumbnails"
    assert faces(laptop, again["outputs"]) == before, "and the very same faces"
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "new.jpg").write_bytes(jpeg())
    assert json.loads(second(laptop, "upload", str(tmp_path / "new"), "--json").stdout)["sets"][0]["processed"] == 1
    assert second(laptop, "reconcile").stdout == "everything agrees\n"

    # The photos go only for the full words.
    assert second(laptop, "destroy", "--photos", check=False, typed="yes\n").returncode == 1
    second(laptop, "destroy", "--photos", typed=f"delete all photos of {SECOND}\n")
    assert not {bucket["Name"] for bucket in laptop.client("s3").list_buckets()["Buckets"] if SECOND in bucket["Name"]}
    assert not [name for name in laptop.client("dynamodb").list_tables()["TableNames"] if SECOND in name]
    assert f"{SECOND}-album" not in laptop.client("rekognition").list_collections()["CollectionIds"]
    assert described(laptop, "kinpics") == first


@pytest.fixture(scope="module")
def packaged(laptop: RunningStack) -> dict[str, Any]:
    """The template of this checkout with its files in the laptop's S3."""
    s3 = laptop.client("s3")
    s3.create_bucket(Bucket="packages")
    template, uploads = package_checkout(ROOT, "packages")
    for key, data in uploads.items():
        s3.put_object(Bucket="packages", Key=key, Body=data)
    return template


def apply(laptop: RunningStack, name: str, template: dict[str, Any], **parameters: str) -> bool:
    s3 = laptop.client("s3")
    s3.put_object(Bucket="packages", Key="template.json", Body=json.dumps(template).encode())
    applier = StackApplier(laptop.client("cloudformation"), name, pause=0.05)
    url = f"{laptop.api_url}/packages/template.json"
    return applier.apply(url, set(template["Parameters"]), parameters)


def test_the_template_also_makes_what_only_aws_has(laptop: RunningStack, packaged: dict[str, Any]) -> None:
    """By ministack's CloudFormation, which knows all of it but budgets and sums of metrics; nothing of it is served.

    The edge store's function is built for Lambda's processors, so it can't fill the store here.
    """
    template = json.loads(json.dumps(packaged))
    for name in ("Budget", "CloseAtBudgetAction", "ReadsAlarm", "EdgeStoreFilled"):
        del template["Resources"][name]
    assert template["Resources"]["Router"].pop("DependsOn") == "EdgeStoreFilled"
    with pytest.raises(DeployError, match="CloseItself and CloseAtBudget need AlarmEmail"):
        apply(laptop, "aws-like", template, Platform="aws", CloseItself="yes")
    closing = {"CloseItself": "yes", "CloseAtBudget": "100"}
    apply(laptop, "aws-like", template, Platform="aws", AlarmEmail="owner@example.com", **closing)
    outputs = described(laptop, "aws-like")["outputs"]
    assert re.fullmatch(r"https://\w+\.cloudfront\.net", outputs["SiteUrl"])
    resources = laptop.client("cloudformation").list_stack_resources(StackName="aws-like")["StackResourceSummaries"]
    kinds = {resource["ResourceType"] for resource in resources}
    assert {"AWS::CloudFront::Distribution", "AWS::S3::BucketPolicy", "AWS::CloudWatch::Alarm"} <= kinds
    with pytest.raises(DeployError, match="DomainName needs CertificateArn"):
        apply(laptop, "aws-like", template, DomainName="photos.example.com")


def test_a_broken_deployment_says_why_and_resumes_when_run_again(
    laptop: RunningStack, packaged: dict[str, Any]
) -> None:
    broken = json.loads(json.dumps(packaged))
    # Made after the album's own, and refused: there is no such zone.
    broken["Resources"]["Misplaced"] = {
        "Type": "AWS::Route53::RecordSet",
        "DependsOn": ["PicsTable", "PicsBucket", "SearchFunction"],
        "Properties": {
            "HostedZoneId": "Z0",
            "Name": "x.example.com",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["::"],
        },
    }
    with pytest.raises(DeployError, match="Misplaced"):
        apply(laptop, "broken", broken, Platform="laptop", VisitorDailySearches="9")
    assert described(laptop, "broken")["status"] == "ROLLBACK_COMPLETE"
    assert apply(laptop, "broken", packaged)
    assert described(laptop, "broken")["parameters"]["VisitorDailySearches"] == "9", (
        "what was said once is not forgotten"
    )
    outputs = described(laptop, "broken")["outputs"]
    pics = laptop.session().resource("dynamodb", endpoint_url=laptop.api_url).Table(outputs["PicsTable"])
    pics.put_item(Item={"primarykey": "/", "sortkey": "kept"})
    laptop.client("s3").put_object(Bucket=outputs["PicsBucket"], Key="photos/set/kept.jpg", Body=jpeg())
    with pytest.raises(DeployError):
        apply(laptop, "broken", broken)
    assert described(laptop, "broken")["status"] == "UPDATE_ROLLBACK_COMPLETE"
    apply(laptop, "broken", packaged, DailySearches="5")
    assert described(laptop, "broken")["status"] == "UPDATE_COMPLETE"
    assert pics.get_item(Key={"primarykey": "/", "sortkey": "kept"})["Item"]
    assert laptop.client("s3").head_object(Bucket=outputs["PicsBucket"], Key="photos/set/kept.jpg")
    assert not apply(laptop, "broken", packaged), "nothing to do"

    changed = json.loads(json.dumps(packaged))
    changed["Resources"]["SearchFunction"]["Properties"]["MemorySize"] = 2048
    changed["Resources"]["Added"] = {"Type": "AWS::SQS::Queue"}
    del changed["Resources"]["LeasesTable"]["Metadata"]
    assert apply(laptop, "broken", changed)
    assert described(laptop, "broken")["parameters"]["DailySearches"] == "5"
    assert described(laptop, "broken")["outputs"] == outputs
    assert pics.get_item(Key={"primarykey": "/", "sortkey": "kept"})["Item"]
    assert laptop.client("s3").head_object(Bucket=outputs["PicsBucket"], Key="photos/set/kept.jpg")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--stack", "Bad_Name", "deploy", "--yes"], "can't be the stack's name"),
        (["deploy", "--daily-searches", "-1", "--yes"], "--daily-searches"),
        (["--stack", "none", "doctor"], "there is no stack none"),
        (["--stack", "none", "destroy", "--yes"], "there is no stack none"),
    ],
)
def test_mistakes_get_a_clear_error(laptop: RunningStack, arguments: list[str], told: str) -> None:
    result = laptop.kinpics(*arguments, check=False)
    assert result.returncode in (1, 2)
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("environment", "arguments", "told"),
    [
        ({}, ["--yes"], "no AWS region is set"),
        ({"AWS_REGION": "eu-west-1"}, ["--yes"], "there are no AWS credentials"),
        ({}, ["--yes", "--region", "af-south-1"], "Rekognition is not in af-south-1"),
    ],
)
def test_deploy_says_what_is_missing_before_it_builds(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], told: str
) -> None:
    command = [sys.executable, "-m", "scripts", "--data", str(tmp_path), "deploy", *arguments]
    # No instance of EC2 is asked for its role.
    alone = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", **environment}
    result = subprocess.run(command, env=alone, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """What `sam build` makes for Lambda's own machine and Python."""
    with built_functions() as template:
        yield template.parent


def test_functions_are_built_for_lambdas_machine(built: Path) -> None:
    machine = {
        "ProcessFunction": {"PIL", "pillow_heif", "thumbhash"},
        "SearchFunction": set(),
        "RemovalFunction": set(),
        "DoorFunction": set(),
        "CloseFunction": set(),
        "PeopleFunction": {"PIL"},
        "ManageFunction": {"PIL"},
        "EdgeStoreFunction": {"awscrt"},
    }
    for function, packages in machine.items():
        folder = built / function
        names = {path.name for path in folder.iterdir()}
        assert packages | {"functions"} <= names
        assert ("aws_lambda_powertools" in names) == (
            function not in ("RemovalFunction", "DoorFunction", "ManageFunction")
        )
        assert not names & {"boto3", "botocore", "local", "scripts"}
        libraries = [path.name for path in folder.rglob("*.so")]
        assert bool(libraries) == bool(packages)
        assert all("aarch64" in name and "313" in name for name in libraries if "cpython" in name), libraries
        archive = built / f"{function}.zip"
        with zipfile.ZipFile(archive) as package:
            assert {*package.namelist()} == {
                path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
            }
        assert archive.stat().st_size <= MAX_PACKAGE_BYTES
    assert not {path.name for path in (built / "SearchFunction").iterdir()} & {"PIL", "pillow_heif"}
    assert {path.name for path in (built / "SearchFunction" / "functions").iterdir() if path.is_dir()} == {
        "access",
        "search",
    }
