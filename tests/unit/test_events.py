import json
from pathlib import Path

import pytest

from functions.photo_messages import BadMessageError, ObjectChange, owner_message, parse_message

CREATED = (Path(__file__).parents[1] / "data" / "s3_created.json").read_text()


def test_a_notification_names_its_object_in_plain_text() -> None:
    assert parse_message(CREATED) == [ObjectChange("pics", "photos/2024_newport/café + cake.jpg")]


def test_all_records_count() -> None:
    event = json.loads(CREATED)
    event["Records"] *= 3
    assert len(parse_message(json.dumps(event))) == 3


def test_the_test_event_of_a_new_notification_asks_for_nothing() -> None:
    assert parse_message('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "pics"}') == []


@pytest.mark.parametrize("force", [True, False])
def test_the_owner_can_ask_for_a_photo(force: bool) -> None:
    assert parse_message(owner_message("pics", "photos/a/b+c.jpg", force=force)) == [
        ObjectChange("pics", "photos/a/b c.jpg", force=force)
    ]


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[]", "null", '{"Records": [{}]}', '{"Records": [{"s3": 1}]}', "{}", "[" * 100_000]
)
def test_other_messages_are_refused(body: str) -> None:
    with pytest.raises(BadMessageError, match="message is not"):
        parse_message(body)
