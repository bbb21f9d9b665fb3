"""The sums of `kinpics cost`, checked by hand for one case and by their direction for the others."""

import json
from typing import Any

import pytest

from scripts import cost
from scripts.cost import Album, UnknownRegionError, lines, monthly, once, prices, units_of


def call(*actions: str, sent: int = 100, received: int = 100) -> dict[str, Any]:
    return {"actions": list(actions), "status": 200, "sent": sent, "received": received}


@pytest.mark.parametrize(
    ("made", "units"),
    [
        (call("s3:PutObject", sent=5_000_000), {"s3_puts": 1}),
        (call("s3:GetObject"), {"s3_gets": 1}),
        (call("s3:ListBucket"), {"s3_puts": 1}),
        (call("s3:DeleteObject"), {}),
        (call("dynamodb:GetItem", received=4096), {"dynamodb_reads": 1}),
        (call("dynamodb:Query", received=4097), {"dynamodb_reads": 2}),
        (call("dynamodb:PutItem", sent=1025), {"dynamodb_writes": 2}),
        (call("dynamodb:PutItem", "dynamodb:UpdateItem", sent=1025), {"dynamodb_writes": 6}),
        (call("rekognition:IndexFaces", "s3:GetObject"), {"rekognition_calls": 1, "s3_gets": 1}),
        (call("rekognition:ListFaces"), {}),
        (call("lambda:InvokeFunction"), {"lambda_requests": 1}),
        (call("cloudformation:DescribeStacks"), {}),
    ],
)
def test_a_call_comes_to_what_aws_bills(made: dict[str, Any], units: dict[str, int]) -> None:
    assert {name: value for name, value in units_of([made]).items() if value} == units


def test_photos_put_up_cost_what_rekognition_asks_above_all() -> None:
    album = Album(photos=10_000, visits=0, searches=0)
    (first, *others) = lines(once(album), "us-east-1")
    assert (first.service, round(first.listed, 2), round(first.due, 2)) == ("rekognition", 10.0, 10.0)
    assert sum(line.listed for line in others) < 2


def test_nobody_looking_costs_the_storage() -> None:
    due = {line.service: line.due for line in lines(monthly(Album(1000, 0, 0, photo_mb=5.0)), "us-east-1") if line.due}
    # 5 GB of originals, as much to download and 0.1 GB of renditions at 0.023; a face for each photo at 0.00001.
    assert due["s3"] == pytest.approx(0.2325, abs=0.001)
    assert due["rekognition"] == pytest.approx(0.01, abs=0.001)
    assert sum(due.values()) - due["s3"] - due["rekognition"] < 0.01


def test_more_of_anything_never_costs_less() -> None:
    def total(album: Album) -> float:
        return sum(line.due for line in lines(monthly(album), "us-east-1"))

    base = total(Album(1000, 1000, 1000))
    assert base < total(Album(2000, 1000, 1000))
    assert base < total(Album(1000, 1000, 2000))
    assert base < total(Album(1000, 5_000_000, 1000))


def test_every_unit_has_a_price_in_every_region_and_every_price_a_source() -> None:
    table = json.loads(cost.PRICES.read_text())
    used = set(monthly(Album(1, 1, 1))) | set(once(Album(1, 1, 1)))
    for region in table["regions"]:
        assert used <= set(prices(region))
    assert {name.partition("_")[0] for name in used} == set(table["sources"])
    assert set(table["always_free"]) <= used
    with pytest.raises(UnknownRegionError, match="us-east-1"):
        prices("mars")


def test_what_was_counted_is_one_paid_call_for_a_photo_and_for_a_search_and_none_for_a_visit() -> None:
    counted = cost.counted()
    assert counted["photo"]["units"]["rekognition_calls"] == 1
    assert counted["search"]["units"]["rekognition_calls"] == 1
    assert "rekognition_calls" not in counted["visit"]["units"]
