"""The template as text: what no deployment on this machine would show."""

import json
from pathlib import Path

import pytest

from functions.process.images import GRID_SIDE
from functions.shapes import GRID_ATTRIBUTES
from local.packaging import digest, load_template, package

ROOT = Path(__file__).parents[2]
RESOURCES = load_template(ROOT / "template.yaml")["Resources"]


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*.json")), ids=lambda path: path.name)
def test_policies_allow_no_wildcard_action_and_no_wildcard_resource(path: Path) -> None:
    for statement in json.loads(path.read_text())["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)
        assert statement["Resource"] != "*"


def test_every_bucket_is_private_and_encrypted() -> None:
    buckets = [item["Properties"] for item in RESOURCES.values() if item["Type"] == "AWS::S3::Bucket"]
    assert len(buckets) == 3
    for bucket in buckets:
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert "BucketEncryption" in bucket


def test_the_grid_index_holds_what_the_grid_shows() -> None:
    (index,) = RESOURCES["PicsTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "grid"
    assert tuple(index["Projection"]["NonKeyAttributes"]) == GRID_ATTRIBUTES


def test_a_message_stays_hidden_longer_than_the_function_may_run() -> None:
    queue = RESOURCES["ProcessQueue"]["Properties"]
    function = RESOURCES["ProcessFunction"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    gives_up = int(function["Environment"]["Variables"]["MAX_RECEIVE_COUNT"])
    assert gives_up < queue["RedrivePolicy"]["maxReceiveCount"], "the function gives up first, with a reason"


def test_packaging_twice_makes_the_same() -> None:
    first, uploads = package(ROOT, "bucket")
    second, _ = package(ROOT, "bucket")
    assert digest(first, {}) == digest(second, {})
    assert digest(first, {}) != digest(first, {"ProcessConcurrency": "3"})
    assert len(uploads) == 1 + len(list((ROOT / "policies").glob("*.json")))


def test_search_imports_no_image_library() -> None:
    import subprocess
    import sys

    program = (
        "import sys, functions.search.handler; print([m for m in sys.modules if m.split('.')[0] in ('PIL', 'numpy')])"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_grid_thumbnail_serves_a_phone() -> None:
    assert GRID_SIDE >= 2 * 196  # half of a 412-pixel screen, at two pixels a point
