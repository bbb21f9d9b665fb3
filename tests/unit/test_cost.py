"""The sums of `kinpics cost`, checked by hand for one case and by their direction for the others."""

import json
from typing import Any

import pytest

from scripts.common.template import load_defaults
from scripts.costs.estimate import (
    PRICES,
    UnknownRegionError,
    Usage,
    cost_by_service,
    count_month,
    count_units,
    count_upload,
    list_unchecked_prices,
    load_counted,
    load_prices,
    without_rounds,
)
from scripts.costs.limits import FunctionLimit, Limits, TableLimit, read_limits
from scripts.costs.worst_case import (
    DAY,
    cost_of_addresses,
    count_worst,
    list_unlimited,
    more_with_pass,
    sums,
    worst_by_service,
    worst_of_strangers,
)


def call(*actions: str, sent: int = 100, received: int = 100) -> dict[str, Any]:
    return {"actions": list(actions), "caller": "", "status": 200, "sent": sent, "received": received}


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
def test_calls_are_counted_as_aws_bills_them(made: dict[str, Any], units: dict[str, int]) -> None:
    assert {name: value for name, value in count_units([made]).items() if value} == units


def test_uploading_costs_mostly_rekognition() -> None:
    usage = Usage(photos=10_000, visits=0, searches=0)
    (first, *others) = cost_by_service(count_upload(usage), "us-east-1")
    # One face a photo: each photo is indexed, and each face may be searched for whose it is.
    assert (first.service, round(first.listed, 2), round(first.due, 2)) == ("rekognition", 20.0, 20.0)
    assert sum(line.listed for line in others) < 2


def test_rounds_of_the_people_function_are_no_part_of_a_photo() -> None:
    index, search = call("rekognition:IndexFaces"), call("rekognition:SearchFaces")
    index["caller"] = "arn:aws:sts::1:assumed-role/kinpics-ProcessRole-1/kinpics-ProcessFunction-1"
    search["caller"] = "arn:aws:sts::1:assumed-role/kinpics-PeopleRole-1/kinpics-PeopleFunction-1"
    assert without_rounds([index, search]) == [index]


def test_without_visitors_only_storage_costs() -> None:
    due = {
        line.service: line.due
        for line in cost_by_service(count_month(Usage(1000, 0, 0, photo_mb=5.0)), "us-east-1")
        if line.due
    }
    # 5 GB of originals, as much to download and 0.2 GB of renditions at 0.023; a face for each photo at 0.00001.
    assert due["s3"] == pytest.approx(0.2346, abs=0.001)
    assert due["rekognition"] == pytest.approx(0.01, abs=0.001)
    assert sum(due.values()) - due["s3"] - due["rekognition"] < 0.01


def test_more_of_anything_never_costs_less() -> None:
    def total(usage: Usage) -> float:
        return sum(line.due for line in cost_by_service(count_month(usage), "us-east-1"))

    base = total(Usage(1000, 1000, 1000))
    assert base < total(Usage(2000, 1000, 1000))
    assert base < total(Usage(1000, 1000, 2000))
    assert base < total(Usage(1000, 5_000_000, 1000))


def test_members_cost_functions_and_reads_but_hardly_money() -> None:
    guests, members = (count_month(Usage(1000, 4000, 0, members=number)) for number in (0, 1000))
    # The door is asked once to come in, and for each read that a guest makes by itself.
    assert members["lambda_requests"] == pytest.approx(4000 * (1 + guests["dynamodb_reads"] / 4000))
    assert members["cloudfront_store_reads"] == 4 * guests["cloudfront_store_reads"]
    assert members["cognito_users"] == 1000
    due = [sum(line.due for line in cost_by_service(units, "us-east-1")) for units in (guests, members)]
    assert due[0] < due[1] < due[0] + 0.1


def test_every_unit_has_a_price_everywhere_and_every_price_a_source() -> None:
    table = json.loads(PRICES.read_text())
    used = (
        set(count_month(Usage(1, 1, 1, members=1)))
        | set(count_upload(Usage(1, 1, 1)))
        | set(count_worst(limits(), DAY))
    )
    for region in table["regions"]:
        assert used <= set(load_prices(region))
        assert set(list_unchecked_prices(region)) <= set(load_prices(region))
    assert set(load_prices("us-east-1")) == used
    assert {name.partition("_")[0] for name in used} == set(table["sources"])
    assert set(table["always_free"]) <= used
    with pytest.raises(UnknownRegionError, match="us-east-1"):
        load_prices("mars")


def test_a_price_has_a_day_of_checking_or_counts_as_unchecked() -> None:
    listed = json.loads(PRICES.read_text())["regions"]["us-east-1"]
    assert all(set(price) <= {"usd", "checked", "page_of"} for price in listed.values())
    assert {name for name, price in listed.items() if "checked" not in price} == set(list_unchecked_prices("us-east-1"))
    assert "rekognition_users" in list_unchecked_prices("us-east-1"), "no page says what user vectors cost"
    assert load_prices("eu-west-1")["dynamodb_reads"] == pytest.approx(0.1415e-6)


def test_a_gallery_costs_two_calls_a_person_and_its_faces() -> None:
    def rekognition(people: int) -> float:
        usage = Usage(0, 0, 0, people=people)
        found = [
            line for units in (count_upload(usage), count_month(usage)) for line in cost_by_service(units, "us-east-1")
        ]
        return sum(line.listed for line in found if line.service == "rekognition")

    assert rekognition(100) - rekognition(0) == pytest.approx(100 * (2 * 0.001 + 2 * 0.00001))


def test_what_visitors_read_also_costs_transfer() -> None:
    read = count_month(Usage(0, 1_000_000, 0))
    assert read["transfer_gb"] == pytest.approx(read["dynamodb_reads"] * 4096 / 1e9)


def limits(**parameters: str) -> Limits:
    return read_limits({**load_defaults(), **parameters})


def test_hostile_visitors_cost_at_most_ten_dollars_a_day() -> None:
    for region in json.loads(PRICES.read_text())["regions"]:
        costs = worst_of_strangers(limits(), region)
        assert cost_of_addresses(region) in costs
        without_transfer, whole = sums(costs)
        assert 0 < without_transfer.hour < without_transfer.day <= 10
        assert whole.day <= 25


def test_the_worst_day_follows_from_the_limits() -> None:
    """By hand, for one function, one table and no others."""
    own = TableLimit("MatchesTable", "", reads=2, writes=1, is_backed_up=True)
    bounds = Limits(100, (own,), (FunctionLimit(memory_mb=1024, concurrency=3),), 10, ())
    units = count_worst(bounds, DAY)
    assert units["rekognition_calls"] == 100
    assert units["lambda_gb_seconds"] == 3 * 86_400
    assert units["lambda_requests"] == 3 * 10 * 86_400
    assert units["dynamodb_reads"] == 2 * (86_400 + 300)
    assert units["dynamodb_writes"] == 86_400 + 300
    assert units["dynamodb_gb"] == units["dynamodb_backup_gb"] == pytest.approx(86_700 * 1024 / 1e9)
    sent = 2 * 86_700 * 8192 * 9 + units["lambda_requests"] * 1000
    assert units["transfer_gb"] == pytest.approx(sent / 1e9)


LIMITS = ["DailySearches", "SearchConcurrency", "DoorConcurrency", "MaxReads", "MaxPrivateReads", "MaxWrites"]


@pytest.mark.parametrize("name", [*LIMITS, "MaxVisitorUnits"])
def test_every_limit_counts(name: str) -> None:
    def day(**parameters: str) -> float:
        return sum(cost.day for cost in worst_by_service(limits(**parameters), "us-east-1"))

    twice = str(2 * int(load_defaults()[name]))
    half = str(int(load_defaults()[name]) // 2)
    assert day(**{name: twice}) > day()
    # Of one, half is none: then the account's own limit counts.
    assert half == "0" or day() > day(**{name: half})


def test_whoever_has_a_pass_can_cost_more_than_a_stranger() -> None:
    more = more_with_pass(limits(), "us-east-1")
    assert 0 < more.hour < more.day <= 6
    assert more_with_pass(limits(MaxPrivateReads="40"), "us-east-1").day > more.day


def test_without_a_reservation_the_accounts_limit_counts() -> None:
    for unreserved in ({"SearchConcurrency": "0"}, {"RoomToReserve": "no"}):
        parameters = {**load_defaults(), **unreserved}
        seconds = [count_worst(read_limits(parameters, number), 1)["lambda_gb_seconds"] for number in (10, 1000)]
        assert seconds == [10 * 0.5, 1000 * 0.5]


def test_what_has_no_maximum_is_named() -> None:
    old = {name: value for name, value in load_defaults().items() if not name.startswith("Max")}
    assert any("kinpics deploy" in text for text in list_unlimited(read_limits(old), "us-east-1"))
    named = list_unlimited(limits(), "us-east-1")
    assert any("CloudFront" in text and "0.085" in text for text in named)
    assert not any("kinpics deploy" in text or "accounts" in text for text in named)
    assert any("accounts" in text for text in list_unlimited(limits(SignUp="yes"), "us-east-1"))
    assert "plan" in list_unlimited(limits(WebAclArn="arn:aws:wafv2:..."), "us-east-1")[0]


def test_a_photo_and_a_search_take_one_paid_call_a_visit_none() -> None:
    counted = load_counted()
    assert counted["photo"]["units"]["rekognition_calls"] == 1
    assert counted["search"]["units"]["rekognition_calls"] == 1
    assert "rekognition_calls" not in counted["visit"]["units"]


def test_private_addresses_cost_little_for_their_owner_and_at_most_so_much() -> None:
    few, many = (count_upload(Usage(600, 0, 0, posted=posted)) for posted in (0, 100))
    # Ten rounds, two files for each address.
    assert many["s3_puts"] - few["s3_puts"] == 10 * 100 * 2
    worst = cost_of_addresses("us-east-1")
    # A day has two rounds for each address, of 5 seconds with 2 GB; an hour would have room for more.
    assert worst.hour == worst.day
    assert worst.day == pytest.approx(200 * 10 * 0.0000133334 + (200 * 6 + 200) * 0.000005, abs=0.002)
