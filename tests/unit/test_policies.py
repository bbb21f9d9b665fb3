"""Least privilege: each policy holds just what the code calls, and nothing wide."""

import json
import re
from pathlib import Path

import pytest
from called_operations import actions_of, read_package
from rendered import policy, template

from functions.keys import ImagePath
from functions.people.public_files import person_pages
from functions.photo_page import page_key

ROOT = Path(__file__).parents[2]
FUNCTIONS = {
    "process": "ProcessFunction",
    "search": "SearchFunction",
    "removal": "RemovalFunction",
    "door": "DoorFunction",
    "people": "PeopleFunction",
    "manage": "ManageFunction",
    "uploads": "UploadsFunction",
    "arrivals": "ArrivalsFunction",
    "close": "CloseFunction",
    "edge_store": "EdgeStoreFunction",
}
# The pages of all photos of all sets.
PHOTO_PAGES = f"/{page_key(ImagePath('*', '*'))}"
ROLES = sorted(path.stem for path in (ROOT / "policies").glob("*.json"))


def as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def granted(role: str) -> set[str]:
    """What a role may do, also with the policy that it has on AWS alone."""
    names = [name for name in (role, f"{role}_edge") if name in ROLES]
    statements = [statement for name in names for statement in policy(name)["Statement"]]
    return {action for statement in statements for action in as_list(statement["Action"])}


def called(role: str) -> set[str]:
    """What a function's code calls, and what Lambda does for it with its role."""
    actions = actions_of(f"functions.{role}.handler")
    resources = template()["Resources"]
    function = resources[FUNCTIONS[role]]["Properties"]
    if any(event["Type"] == "SQS" for event in function.get("Events", {}).values()):
        # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        actions |= {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    mapped = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::Lambda::EventSourceMapping"]
    if any(mapping["FunctionName"] == {"Ref": FUNCTIONS[role]} for mapping in mapped):
        # https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
        stream = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
        actions |= {f"dynamodb:{operation}" for operation in stream}
    if "LoggingConfig" in function:
        actions |= {"logs:CreateLogStream", "logs:PutLogEvents"}
    return actions


@pytest.mark.parametrize("role", FUNCTIONS)
def test_a_function_may_do_what_its_code_calls_and_nothing_else(role: str) -> None:
    calls = called(role)
    assert calls - granted(role) == set(), "the code calls what the policy does not allow"
    assert granted(role) - calls == set(), "the policy allows what the code does not call"


def test_the_budget_may_deny_visitors_everything_and_nothing_else() -> None:
    assert granted("budget") == {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}
    closed = rendered_arns("ClosedPolicy")
    for role in ("budget", "close"):
        changes = [item for item in policy(role)["Statement"] if "iam:AttachRolePolicy" in as_list(item["Action"])]
        assert [item["Condition"] for item in changes] == [{"ArnEquals": {"iam:PolicyARN": closed}}]


def test_whatever_visitors_may_invoke_is_closed_with_the_site() -> None:
    def functions(role: str, action: str) -> set[str]:
        found = [item for item in policy(role)["Statement"] if action in as_list(item["Action"])]
        return {resource for item in found for resource in as_list(item["Resource"])}

    assert functions("visitor", "lambda:InvokeFunction") == functions("close", "lambda:PutFunctionConcurrency")


def test_the_owner_may_call_two_functions_more_and_else_what_a_visitor_may() -> None:
    own = {"album-peoplefunction", "album-managefunction", "album-arrivalsfunction"}
    granted_to_owner = {(item["Action"], item["Resource"]) for item in policy("owner")["Statement"]}
    functions = {f"arn:aws:lambda:eu-west-1:123456789012:function:{name}" for name in own}
    assert granted_to_owner == {("lambda:InvokeFunction", function) for function in functions}
    page = (ROOT / "site" / "js" / "visitor" / "owner.js").read_text()
    assert re.findall(r"\binvoke\(config\.(\w+)", page) == ["peopleFunction", "manageFunction"]
    roles = {name: template()["Resources"][name]["Properties"] for name in ("GuestRole", "MemberRole", "OwnerRole")}
    documents = {name: [entry["PolicyName"] for entry in role["Policies"]] for name, role in roles.items()}
    assert documents == {"GuestRole": ["visitor"], "MemberRole": ["visitor"], "OwnerRole": ["visitor", "owner"]}


def test_the_people_function_may_remove_peoples_pages_in_every_language() -> None:
    (resources,) = [item["Resource"] for item in policy("people")["Statement"] if item["Sid"].startswith("RemovePages")]
    assert [arn.partition("/")[2] for arn in resources] == person_pages("*")


def test_the_edge_store_function_mails_the_owner_and_nobody_else() -> None:
    (statement,) = policy("edge_alarm")["Statement"]
    topic = "arn:aws:sns:eu-west-1:123456789012:album-alarmtopic"
    assert (statement["Action"], statement["Resource"]) == ("sns:Publish", topic)
    resources = template()["Resources"]
    mapping = resources["EdgeStoreChanges"]["Properties"]["DestinationConfig"]["Fn::If"]
    assert mapping[:2] == ["Alarms", {"OnFailure": {"Destination": {"Ref": "AlarmTopic"}}}]
    condition, document, _ = resources["EdgeStoreRole"]["Properties"]["Policies"][1]["Fn::If"]
    assert (condition, document["PolicyName"]) == ("Alarms", "edge_alarm"), "without alarms there is no topic to name"


def test_only_a_site_that_converts_lets_its_films_function_make_jobs_for_one_role() -> None:
    role = "arn:aws:iam::123456789012:role/album-convertrole"
    found = {statement["Sid"]: statement for statement in policy("films_convert")["Statement"]}
    assert granted("films") & granted("films_convert") == {
        "dynamodb:UpdateItem",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject",
    }
    passed = found["LetMediaConvertWork"]
    assert (passed["Action"], passed["Resource"]) == ("iam:PassRole", role)
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}
    jobs = "arn:aws:mediaconvert:eu-west-1:123456789012:queues/Default"
    assert (found["ConvertFilms"]["Action"], found["ConvertFilms"]["Resource"]) == ("mediaconvert:CreateJob", jobs)
    assert found["TakeWhatIsConverted"]["Resource"] == "arn:aws:s3:::album-thumbnailsbucket/converted/*"
    resources = template()["Resources"]
    condition, document, nothing = resources["FilmsRole"]["Properties"]["Policies"][1]["Fn::If"]
    assert (condition, document["PolicyName"], nothing) == ("Converts", "films_convert", {"Ref": "AWS::NoValue"})
    for name in ("ConvertRole", "ConvertedRule", "FilmsQueuePolicy"):
        assert resources[name]["Condition"] == "Converts"


def test_mediaconvert_reads_originals_and_writes_where_nobody_is_served() -> None:
    may = {(item["Action"], item["Resource"]) for item in policy("convert")["Statement"]}
    assert may == {
        ("s3:GetObject", "arn:aws:s3:::album-picsbucket/photos/*"),
        ("s3:PutObject", "arn:aws:s3:::album-thumbnailsbucket/converted/*"),
    }
    served = template()["Resources"]["ThumbnailsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][1]
    assert not any("converted" in json.dumps(resource) for resource in served["Resource"])
    trust = template()["Resources"]["ConvertRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert [entry["Principal"] for entry in trust] == [{"Service": "mediaconvert.amazonaws.com"}]


def test_the_manage_function_makes_one_distribution_forget_pages_where_there_is_one() -> None:
    (statement,) = policy("manage_edge")["Statement"]
    assert statement["Resource"] == "arn:aws:cloudfront::123456789012:distribution/album-distribution"
    condition, document, _ = template()["Resources"]["ManageRole"]["Properties"]["Policies"][1]["Fn::If"]
    assert (condition, document["PolicyName"]) == ("OnAws", "manage_edge")


def test_no_visitor_may_name_the_journal_or_the_owners_functions() -> None:
    owners = ("decisionstable", "peoplefunction", "managefunction", "arrivalsfunction", "/people/")
    for role in ("visitor", "search", "removal", "uploads"):
        text = json.dumps(policy(role)).lower()
        assert not [name for name in owners if name in text]


def test_what_visitors_call_touches_no_photo_of_the_album() -> None:
    """The uploads function only signs forms and addresses, in prefixes of their own; another one brings photos in."""
    objects = {
        (action, resource.rpartition("incomingbucket")[2])
        for item in policy("uploads")["Statement"]
        for action in as_list(item["Action"])
        for resource in as_list(item["Resource"])
        if action.startswith("s3:")
    }
    assert objects == {
        ("s3:PutObject", "/incoming/*"),
        ("s3:GetObject", "/looks/*"),
        ("s3:GetObject", "/waiting/*"),
    }


def rendered_arns(logical_id: str) -> str:
    return f"arn:aws:iam::123456789012:policy/album-{logical_id.lower()}"


def test_visitors_may_do_what_the_page_calls_and_nothing_else() -> None:
    scripts = "".join(path.read_text() for path in (ROOT / "site" / "js").rglob("*.js"))
    actions = {f"dynamodb:{operation}" for operation in re.findall(r'\bdynamodb\("(\w+)"', scripts)}
    if re.search(r"\binvoke\(", scripts):
        actions.add("lambda:InvokeFunction")
    assert actions == granted("visitor")


def test_the_check_sees_through_the_code() -> None:
    """It reads calls behind fields, tuples, dictionaries, closures and transactions; else it would prove nothing."""
    process = actions_of("functions.process.handler")
    assert {"s3:GetObject", "rekognition:IndexFaces", "sqs:SendMessage", "dynamodb:ConditionCheckItem"} <= process
    search = actions_of("functions.search.handler")
    assert {"rekognition:SearchFaces", "rekognition:SearchFacesByImage", "dynamodb:BatchGetItem"} <= search
    assert not any(action.startswith(("s3:", "sqs:")) for action in search)


def test_code_that_is_not_reached_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    code = read_package()
    assert code.method("PhotoWriter", "choose_cover") is not None, "only the command line calls it"
    for name, left_out in (("PhotoSync", "sync"), ("WaitingLooks", "make")):
        found = code.classes[name]
        monkeypatch.setattr(found, "body", [node for node in found.body if getattr(node, "name", "") != left_out])
    assert actions_of("functions.process.handler") == {
        # Whether a film is still there, on a site that takes none.
        "s3:GetObject",
        "s3:ListBucket",
        "sqs:ChangeMessageVisibility",
        # What browsers send is taken along.
        "sqs:DeleteMessage",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
        "dynamodb:UpdateItem",
        "lambda:InvokeFunction",
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_statement_names_its_actions_and_resources(role: str) -> None:
    for statement in policy(role)["Statement"]:
        actions = as_list(statement["Action"])
        assert not any("*" in action for action in actions)
        assert "NotAction" not in statement
        # AWS knows no resource of these: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrekognition.html
        # and https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
        if actions in (["rekognition:DetectLabels"], ["dynamodb:ListStreams"]):
            assert statement["Resource"] == "*"
            continue
        for resource in as_list(statement["Resource"]):
            assert resource.startswith("arn:aws:")
            assert resource.count("*") <= 1 or resource.endswith(PHOTO_PAGES)
            assert "*" not in resource.partition("/")[0].removesuffix(":*")
