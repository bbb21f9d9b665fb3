"""Before a stack is destroyed: what would go that is nowhere else."""

from types import SimpleNamespace
from typing import Any

from support import RED, FakeAws, jpeg

from scripts.deployment.destroy import count_waiting


def test_photos_that_wait_for_the_owner_are_counted(aws: FakeAws) -> None:
    stack: Any = SimpleNamespace(s3=aws.s3, outputs=SimpleNamespace(incoming_bucket=aws.incoming_bucket))
    assert count_waiting(stack) == 0
    for key in ("waiting/gala/g1.aa", "waiting/gala/g1.bb", "incoming/gala/g1.cc"):
        aws.s3.put_object(Bucket=aws.incoming_bucket, Key=key, Body=jpeg(RED))
    assert count_waiting(stack) == 2, "what is still on its way is for the next day's lifecycle"
    stack.outputs.incoming_bucket = "gone-incoming-000000000000-us-east-1"
    assert count_waiting(stack) == 0, "destroyed halfway before"
