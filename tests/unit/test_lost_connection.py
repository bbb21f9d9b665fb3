"""A command says that the stack can't be reached, and ends."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from scripts.common.lost_connection import ConnectionWatch, UnreachableError

REFUSED = EndpointConnectionError(endpoint_url="http://127.0.0.1:4566")
SLOW = ReadTimeoutError(endpoint_url="http://127.0.0.1:4566")


def watch_over(*attempts: tuple[float, Exception | None]) -> list[str]:
    """What is told of attempts, each at a second and with how it ended; raises as the watch does."""
    told: list[str] = []
    now = [0.0]
    watch = ConnectionWatch("the stack", "start it", 10, told.append, lambda: now[0])
    for moment, error in attempts:
        now[0] = moment
        watch.notice(caught_exception=error, attempts=1, operation=None)
    return told


def test_a_moment_without_connection_passes_in_silence() -> None:
    assert watch_over((0, REFUSED), (1, SLOW), (1.5, None), (30, REFUSED), (31, REFUSED), (32, None)) == []


def test_it_is_said_once_that_the_stack_is_gone() -> None:
    (told,) = watch_over((0, REFUSED), (3, REFUSED), (6, SLOW), (9, REFUSED))
    assert told == "note: the stack can't be reached: trying for 10 seconds"


def test_a_command_ends_when_the_stack_stays_away() -> None:
    with pytest.raises(UnreachableError) as lost:
        watch_over((0, REFUSED), (5, REFUSED), (10, REFUSED))
    assert str(lost.value) == "the stack can't be reached: start it, then run the same command again"
    assert lost.value.until_it_is_back == "the stack can't be reached: start it"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_boto3_tells_the_watch_of_each_attempt(mode: str) -> None:
    import boto3
    from botocore.config import Config

    def refuse(**_: Any) -> None:
        raise REFUSED

    config = Config(retries={"mode": mode, "max_attempts": 15})
    options: dict[str, Any] = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("dynamodb", config=config, **options)
    client.meta.events.register("before-send", refuse)
    ConnectionWatch("the stack", "start it", 0).watch(client)
    with pytest.raises(UnreachableError):
        client.list_tables()
