"""What a function may do is what its role allows: tried from inside a function that runs with that role."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running import RunningStack

from functions.people.public_files import PORTRAITS_PREFIX
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.laptop.laptop_owner import OWNER_MAIL

PROBE = """
import functools

import boto3

client = functools.cache(boto3.client)

def handler(event, context):
    from botocore.exceptions import ClientError

    codes = []
    for service, operation, arguments in event:
        try:
            getattr(client(service), operation)(**arguments)
            codes.append("")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    return codes
"""
DENIED = {"AccessDenied", "AccessDeniedException", "403"}
# Those of the site's own files that tell of a set once it is private, and some that don't.
SITE_FILES = (
    "index.html",
    "index.de.html",
    "people/index.fr.html",
    "people/albums.json",
    "search/index.html",
    "feed.xml",
    "sitemap.xml",
    "account/index.es.html",
    "404.html",
)
OTHER_FILES = ("sw.js", "owner/index.html", "enter/index.html", "skeletons/withdrawn", "sets/none/index.html")


@pytest.fixture(scope="module")
def tried(stack: RunningStack) -> Iterator[Callable[[str, list], list[bool]]]:
    """Whether each of some calls is allowed with the role of one of the stack's functions."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("probe.py", PROBE)
    functions = stack.client("lambda")
    roles = {function["FunctionName"]: function["Role"] for function in functions.list_functions()["Functions"]}
    made = []

    def call(function: str, calls: list) -> list[bool]:
        (role,) = [arn for name, arn in roles.items() if function in name]
        probe = f"probe-{function}"
        if probe not in made:
            code = {"ZipFile": package.getvalue()}
            arguments = {"Runtime": "python3.13", "Handler": "probe.handler", "Timeout": 30}
            functions.create_function(FunctionName=probe, Role=role, Code=code, **arguments)
            made.append(probe)
        answer = functions.invoke(FunctionName=probe, Payload=json.dumps(calls).encode())
        codes = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, codes
        return [code not in DENIED for code in codes]

    yield call
    for probe in made:
        functions.delete_function(FunctionName=probe)


def calls(outputs: dict[str, str]) -> dict[str, tuple[str, str, dict]]:
    """What a function could try, by a name for it; those that would change something name what is not there."""
    pics, thumbnails, key = outputs["PicsBucket"], outputs["ThumbnailsBucket"], "photos/probe/none.jpg"
    site, decision = outputs["SiteBucket"], {"journal": {"S": "people"}, "id": {"S": "none"}}
    incoming, test_event = outputs["IncomingBucket"], json.dumps({"Event": "s3:TestEvent"})
    row = {"primarykey": {"S": "probe"}, "sortkey": {"S": "none"}}
    image_row = {"image_id": {"S": "none"}}
    request = {"identity_id": {"S": "probe"}}
    forgotten = {"kind": {"S": "forgotten"}, "id": {"S": "probe"}}
    posted = {"kind": {"S": "posted"}, "id": {"S": "probe"}}
    album = {"CollectionId": outputs["AlbumCollection"]}
    bands, another = (
        {"CollectionId": f"{outputs['CelebritiesCollection']}{rest}"} for rest in (".bands", "-bands-celebrities")
    )
    nobody = "00000000-0000-0000-0000-000000000000"
    batch = {"RequestItems": {outputs["PicsByImageIdTable"]: {"Keys": [image_row]}}}
    ledger = {"TableName": outputs["LedgerTable"]}

    def partition(table: str, key: str, value: str) -> tuple[str, str, dict]:
        condition = {"KeyConditionExpression": f"{key} = :v", "ExpressionAttributeValues": {":v": {"S": value}}}
        return "dynamodb", "query", {"TableName": outputs[table]} | condition

    def count(entry: str) -> tuple[str, str, dict]:
        add = {"UpdateExpression": "ADD calls :n", "ExpressionAttributeValues": {":n": {"N": "0"}}}
        return "dynamodb", "update_item", ledger | {"Key": {"entry": {"S": entry}}} | add

    def recall(*entries: str) -> tuple[str, str, dict]:
        keys = [{"entry": {"S": entry}} for entry in entries]
        return "dynamodb", "batch_get_item", {"RequestItems": {outputs["LedgerTable"]: {"Keys": keys}}}

    def access_row(kind: str) -> dict:
        return {"kind": {"S": kind}, "id": {"S": "probe"}}

    def replace_access(kind: str) -> tuple[str, str, dict]:
        there = {"ConditionExpression": "attribute_exists(id)"}
        return "dynamodb", "put_item", {"TableName": outputs["AccessTable"], "Item": access_row(kind), **there}

    def access(operation: str, kind: str) -> tuple[str, str, dict]:
        return "dynamodb", operation, {"TableName": outputs["AccessTable"], "Key": access_row(kind)}

    def check(kind: str) -> tuple[str, str, dict]:
        # Of a transaction's items, AWS documents nothing about the condition on partition keys: this has none.
        key = {"kind": {"S": kind}, "id": {"S": "probe"}}
        there = {"TableName": outputs["AccessTable"], "Key": key, "ConditionExpression": "attribute_not_exists(id)"}
        return "dynamodb", "transact_write_items", {"TransactItems": [{"ConditionCheck": there}]}

    def lease(path: str) -> tuple[str, str, dict]:
        leases = {"TableName": outputs["LeasesTable"], "Key": {"image_path": {"S": path}}}
        return "dynamodb", "delete_item", leases

    def member(operation: str, name: str = "x", **more: str) -> tuple[str, str, dict]:
        return "cognito-idp", operation, {"UserPoolId": outputs["UserPool"], "Username": name, **more}

    def overwrite(file: str) -> tuple[str, str, dict]:
        # With no version that there is.
        return "s3", "put_object", {"Bucket": site, "Key": file, "Body": "", "IfMatch": '"none"'}

    link = {"Keys": [access_row("link")]}
    made: dict[str, tuple[str, str, dict[str, Any]]] = {
        "count indexing": count("calls/index/probe"),
        "count searches": count("calls/search/probe"),
        "count a visitor": count("visitor/probe/one"),
        "note a change": count("collection/probe"),
        "change an answer": count("search/probe"),
        "keep an answer": ("dynamodb", "put_item", ledger | {"Item": {"entry": {"S": "search/probe"}}}),
        "forget the calls": ("dynamodb", "put_item", ledger | {"Item": {"entry": {"S": "calls/search/probe"}}}),
        "recall an answer": recall("search/probe", "collection/probe"),
        "read a visitor's count": recall("calls/search/probe", "visitor/probe/one"),
        "read the count of indexing": recall("search/probe", "calls/index/probe"),
        "scan the ledger": ("dynamodb", "scan", ledger),
        "read an original": ("s3", "get_object", {"Bucket": pics, "Key": key}),
        "write an original": ("s3", "put_object", {"Bucket": pics, "Key": key, "Body": ""}),
        "delete an original": ("s3", "delete_object", {"Bucket": pics, "Key": key}),
        "list originals": ("s3", "list_objects_v2", {"Bucket": pics}),
        "delete a thumbnail": ("s3", "delete_object", {"Bucket": thumbnails, "Key": key}),
        "write elsewhere": ("s3", "put_object", {"Bucket": thumbnails, "Key": "other", "Body": ""}),
        "read the site": ("s3", "get_object", {"Bucket": outputs["SiteBucket"], "Key": "index.html"}),
        "list buckets": ("s3", "list_buckets", {}),
        "read a row": ("dynamodb", "get_item", {"TableName": outputs["PicsTable"], "Key": row}),
        "delete a row": ("dynamodb", "delete_item", {"TableName": outputs["PicsTable"], "Key": row}),
        "scan rows": ("dynamodb", "scan", {"TableName": outputs["PicsTable"]}),
        "delete an image": ("dynamodb", "delete_item", {"TableName": outputs["PicsByImageIdTable"], "Key": image_row}),
        "read images": ("dynamodb", "batch_get_item", batch),
        "list faces": ("rekognition", "list_faces", album),
        "delete faces": ("rekognition", "delete_faces", album | {"FaceIds": [nobody]}),
        "search faces": ("rekognition", "search_faces", album | {"FaceId": nobody}),
        "search a gallery": ("rekognition", "search_faces", bands | {"FaceId": nobody}),
        "empty a gallery": ("rekognition", "delete_faces", bands | {"FaceIds": [nobody]}),
        "delete a gallery": ("rekognition", "delete_collection", bands),
        "search another stack's gallery": ("rekognition", "search_faces", another | {"FaceId": nobody}),
        "list another's faces": ("rekognition", "list_faces", {"CollectionId": "another"}),
        "delete the collection": ("rekognition", "delete_collection", {"CollectionId": "another"}),
        "know who is forgotten": partition("ForgottenTable", "kind", "forgotten"),
        "know who was forgotten first": partition("MatchesTable", "identity_id", "forgotten"),
        "read of the forgotten": ("dynamodb", "get_item", {"TableName": outputs["ForgottenTable"], "Key": forgotten}),
        "keep a request": ("dynamodb", "put_item", {"TableName": outputs["RequestsTable"], "Item": request}),
        "withdraw a request": ("dynamodb", "delete_item", {"TableName": outputs["RequestsTable"], "Key": request}),
        "list requests": ("dynamodb", "scan", {"TableName": outputs["RequestsTable"]}),
        "count requests": count("calls/removal/probe"),
        "count a visitor's requests": count("calls/removal/probe/one"),
        "read the counts of requests": recall("calls/removal/probe", "calls/removal/probe/one"),
        "read a visitor's own": partition("MatchesTable", "identity_id", "a"),
        "scan the forgotten": ("dynamodb", "scan", {"TableName": outputs["ForgottenTable"]}),
        "scan what is visitors'": ("dynamodb", "scan", {"TableName": outputs["MatchesTable"]}),
        "receive messages": ("sqs", "get_queue_attributes", {"QueueUrl": outputs["ProcessQueue"]}),
        "read dead letters": ("sqs", "receive_message", {"QueueUrl": outputs["DeadLetterQueue"]}),
        "invoke a function": ("lambda", "invoke", {"FunctionName": outputs["SearchFunction"]}),
        "read roles": ("iam", "list_roles", {}),
        "tell of a photo": ("sqs", "send_message", {"QueueUrl": outputs["PeopleQueue"], "MessageBody": '""'}),
        "read the journal": partition("DecisionsTable", "journal", "people"),
        "scan the journal": ("dynamodb", "scan", {"TableName": outputs["DecisionsTable"]}),
        "forget a decision": ("dynamodb", "delete_item", {"TableName": outputs["DecisionsTable"], "Key": decision}),
        "take a turn at people": lease("people"),
        "take a turn at a photo": lease("set/none.jpg"),
        "count recognising": count("calls/people/probe"),
        "read photos": ("dynamodb", "batch_get_item", {"RequestItems": {outputs["PicsTable"]: {"Keys": [row]}}}),
        "read private photos": (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {outputs["PrivatePicsTable"]: {"Keys": [row]}}},
        ),
        "read a private row": ("dynamodb", "get_item", {"TableName": outputs["PrivatePicsTable"], "Key": row}),
        "scan private rows": ("dynamodb", "scan", {"TableName": outputs["PrivatePicsTable"]}),
        "check that a set stays": check("audience"),
        "read members": partition("AccessTable", "kind", "member"),
        "see whether members are limited": access("get_item", "limits"),
        "read what is known of people": ("s3", "get_object", {"Bucket": thumbnails, "Key": "people/none"}),
        "forget the names in a file": ("s3", "delete_object", {"Bucket": thumbnails, "Key": "people/regions/none"}),
        "hide a person": ("s3", "delete_object", {"Bucket": site, "Key": "people/none/photos.json"}),
        "delete a person's page": ("s3", "delete_object", {"Bucket": site, "Key": "people/none/index.html"}),
        "delete a page": ("s3", "delete_object", {"Bucket": site, "Key": "none/index.html"}),
        "delete a portrait": ("s3", "delete_object", {"Bucket": site, "Key": "people/portraits/none.webp"}),
        "delete a set's list of people": ("s3", "delete_object", {"Bucket": site, "Key": "sets/none/people.json"}),
        "list the site": ("s3", "list_objects_v2", {"Bucket": site}),
        "list portraits": ("s3", "list_objects_v2", {"Bucket": site, "Prefix": PORTRAITS_PREFIX}),
        "read a large rendition": ("s3", "get_object", {"Bucket": thumbnails, "Key": f"{LARGE_SIDE}/{key}"}),
        "list thumbnails": ("s3", "list_objects_v2", {"Bucket": thumbnails}),
        "put where browsers send": ("s3", "put_object", {"Bucket": incoming, "Key": "incoming/probe", "Body": ""}),
        "let a photo wait": ("s3", "put_object", {"Bucket": incoming, "Key": "waiting/probe", "Body": ""}),
        "read what arrives": ("s3", "get_object", {"Bucket": incoming, "Key": "incoming/none"}),
        "look at what waits": ("s3", "get_object", {"Bucket": incoming, "Key": "waiting/none"}),
        "make a look": ("s3", "put_object", {"Bucket": incoming, "Key": "looks/probe", "Body": ""}),
        "see a look": ("s3", "get_object", {"Bucket": incoming, "Key": "looks/none"}),
        "remove a look": ("s3", "delete_object", {"Bucket": incoming, "Key": "looks/probe"}),
        "delete what waits": ("s3", "delete_object", {"Bucket": incoming, "Key": "waiting/probe"}),
        "write elsewhere among what arrives": ("s3", "put_object", {"Bucket": incoming, "Key": "other", "Body": ""}),
        "list what arrives": ("s3", "list_objects_v2", {"Bucket": incoming}),
        "delete an old version": (
            "s3",
            "delete_object",
            {"Bucket": pics, "Key": key, "VersionId": "none"},
        ),
        "read what was sent": partition("ContributionsTable", "set_name", "probe"),
        "forget what was sent": (
            "dynamodb",
            "delete_item",
            {"TableName": outputs["ContributionsTable"], "Key": {"set_name": {"S": "probe"}, "id": {"S": "none"}}},
        ),
        "scan what was sent": ("dynamodb", "scan", {"TableName": outputs["ContributionsTable"]}),
        "count what waits": ("dynamodb", "scan", {"TableName": outputs["ContributionsTable"], "IndexName": "waiting"}),
        "count uploads": count("calls/upload/probe"),
        "read the counts of uploads": recall("calls/upload/probe", "calls/upload/probe/set"),
        "ask for arrivals": ("sqs", "send_message", {"QueueUrl": outputs["ProcessQueue"], "MessageBody": test_event}),
        "ask for ten arrivals": (
            "sqs",
            "send_message_batch",
            {"QueueUrl": outputs["ProcessQueue"], "Entries": [{"Id": "a", "MessageBody": test_event}]},
        ),
        "hand on what arrived": (
            "lambda",
            "invoke",
            {"FunctionName": outputs["ArrivalsFunction"], "Payload": json.dumps({"message": test_event})},
        ),
        "know who may see what": partition("AccessTable", "kind", "audience"),
        "scan who may see what": ("dynamodb", "scan", {"TableName": outputs["AccessTable"]}),
        "change an audience": access("delete_item", "audience"),
        "let a link in": replace_access("link"),
        "make a key": replace_access("key"),
        "let an owner out": access("delete_item", "member"),
        "check passes": ("dynamodb", "batch_get_item", {"RequestItems": {outputs["AccessTable"]: link}}),
        "read a private set": partition("PrivatePicsTable", "primarykey", "probe"),
        "delete a private row": ("dynamodb", "delete_item", {"TableName": outputs["PrivatePicsTable"], "Key": row}),
        "list a public set": partition("PicsTable", "primarykey", "probe"),
        "list private addresses": partition("AccessTable", "kind", "posted"),
        "close a private address": ("dynamodb", "delete_item", {"TableName": outputs["AccessTable"], "Key": posted}),
        "read a private address": ("dynamodb", "get_item", {"TableName": outputs["AccessTable"], "Key": posted}),
        "keep a private address": (
            "dynamodb",
            "put_item",
            {"TableName": outputs["AccessTable"], "Item": posted, "ConditionExpression": "attribute_exists(id)"},
        ),
        "count what is kept of visitors": ("dynamodb", "describe_table", {"TableName": outputs["AccessTable"]}),
        "count private addresses": count("calls/posted/probe"),
        "read the counts of private addresses": recall("calls/posted/probe", "calls/posted/probe/one"),
        "delete a link": (
            "dynamodb",
            "delete_item",
            {"TableName": outputs["AccessTable"], "Key": {"kind": {"S": "link"}, "id": {"S": "probe"}}},
        ),
        "make a set public": (
            "dynamodb",
            "put_item",
            {
                "TableName": outputs["AccessTable"],
                "Item": {"kind": {"S": "audience"}, "id": {"S": "probe"}},
                "ConditionExpression": "attribute_exists(id)",
            },
        ),
        "remove what an address shows": ("s3", "delete_object", {"Bucket": site, "Key": "posted/none/photos.json"}),
        "remove a feed": ("s3", "delete_object", {"Bucket": site, "Key": "posted/none/feed.xml"}),
        "remove the page of addresses": ("s3", "delete_object", {"Bucket": site, "Key": "posted/index.html"}),
        "read what plays": ("s3", "get_object", {"Bucket": thumbnails, "Key": f"film/{key}"}),
        "delete what plays": ("s3", "delete_object", {"Bucket": thumbnails, "Key": f"film/{key}"}),
        "delete portraits in a film": ("s3", "delete_object", {"Bucket": thumbnails, "Key": f"film-faces/{key}"}),
        "count films": count("calls/film/probe"),
        "hand on a film": ("sqs", "send_message", {"QueueUrl": outputs["FilmsQueue"], "MessageBody": test_event}),
        "receive films": ("sqs", "get_queue_attributes", {"QueueUrl": outputs["FilmsQueue"]}),
        "describe the stack": ("cloudformation", "describe_stacks", {}),
        "look for a member": member("admin_get_user"),
        "invite somebody": member("admin_create_user", OWNER_MAIL),  # who is there already
        "give a member a password": member("admin_set_user_password", Password="correct horse battery"),
        "sign a member out": member("admin_user_global_sign_out"),
        "let a member out": member("admin_delete_user"),
        "make somebody an owner": member("admin_add_user_to_group", GroupName="owner"),
        "let somebody be owner no more": member("admin_remove_user_from_group", GroupName="owner"),
        "list owners": (
            "cognito-idp",
            "list_users_in_group",
            {"UserPoolId": outputs["UserPool"], "GroupName": "owner"},
        ),
        "list members' accounts": ("cognito-idp", "list_users", {"UserPoolId": outputs["UserPool"]}),
        "delete a card": ("s3", "delete_object", {"Bucket": site, "Key": "cards/none.jpg"}),
        "rewrite a script": overwrite("assets/none.js"),
        **{f"rewrite {file}": overwrite(file) for file in (*SITE_FILES, *OTHER_FILES)},
        "have every page made anew": ("s3", "delete_object", {"Bucket": site, "Key": "skeletons/published"}),
        "lose what is kept of the site": ("s3", "delete_object", {"Bucket": site, "Key": "skeletons/withdrawn"}),
        "have people shown anew": (
            "lambda",
            "invoke",
            {"FunctionName": outputs["PeopleFunction"], "Payload": '{"action": "none"}'},
        ),
    }
    return made


# What both do that take in originals: photos and films.
_TAKING_IN = {
    "read an original",
    "list originals",
    "delete a thumbnail",
    "forget the names in a file",
    "read a row",
    "delete a row",
    "read private photos",
    "read a private row",
    "delete a private row",
    "read a private set",
    "know who may see what",
    "check that a set stays",
    "delete an image",
    "list faces",
    "delete faces",
    "search faces",
    "know who is forgotten",
    "know who was forgotten first",
    "count indexing",
    "note a change",
    "tell of a photo",
    "take a turn at people",
    "take a turn at a photo",
    "read photos",
    "list a public set",
    "list thumbnails",
    "list the site",
    "list portraits",
    "read a large rendition",
    "read what plays",
    "delete what plays",
    "delete portraits in a film",
}

ALLOWED = {
    "ProcessFunction": {
        *_TAKING_IN,
        "look at what waits",
        "list what arrives",
        "make a look",
        "remove a look",
        "receive messages",
        "hand on what arrived",
        "hand on a film",
    },
    "FilmsFunction": {
        *_TAKING_IN,
        "count films",
        "receive films",
    },
    "SearchFunction": {
        "read images",
        "read photos",
        "read private photos",
        "list faces",
        "search faces",
        "search a gallery",
        "count searches",
        "count a visitor",
        "keep an answer",
        "recall an answer",
        "read a visitor's count",
        "know who may see what",
        "list private addresses",
        "read members",
        "check passes",
    },
    "DoorFunction": {
        "list private addresses",
        "read a private address",
        "know who may see what",
        "read members",
        "see whether members are limited",
        "read private photos",
        "check passes",
        "make a key",
        "let an owner out",
        "read a private set",
        "list a public set",
        "read photos",
    },
    "UploadsFunction": {
        "see a look",
        "know who may see what",
        "read a row",
        "read photos",
        "list a public set",
        "read a private set",
        "count uploads",
        "read the counts of uploads",
        "read what was sent",
        "put where browsers send",
        "look at what waits",
        "ask for arrivals",
        "ask for ten arrivals",
        "read members",
        "read a private row",
        "read private photos",
    },
    "ArrivalsFunction": {
        "see a look",
        "remove a look",
        "know who may see what",
        "read a row",
        "read photos",
        "list a public set",
        "read a private set",
        "count uploads",
        "read the counts of uploads",
        "read what was sent",
        "put where browsers send",
        "look at what waits",
        "ask for arrivals",
        "ask for ten arrivals",
        "read an original",
        "write an original",
        "delete an old version",
        "list originals",
        "let a photo wait",
        "read what arrives",
        "delete what waits",
        "list what arrives",
        "forget what was sent",
        "count what waits",
        "read members",
        "read a private row",
        "read private photos",
    },
    "PeopleFunction": {
        "search faces",
        "know who is forgotten",
        "tell of a photo",
        "read the journal",
        "take a turn at people",
        "count recognising",
        "read photos",
        "read private photos",
        "know who may see what",
        "read what is known of people",
        "hide a person",
        "delete a person's page",
        "delete a portrait",
        "delete a set's list of people",
        "list private addresses",
        "close a private address",
        "remove what an address shows",
        "remove a feed",
        "list thumbnails",
        "list portraits",
        "read a large rendition",
    },
    "ManageFunction": {
        "ask for arrivals",
        "ask for ten arrivals",
        "know who may see what",
        "list a public set",
        "read an original",
        "write an original",
        "delete an original",
        "list originals",
        "list thumbnails",
        "list the site",
        "list portraits",
        "read a large rendition",
        "read a row",
        "read photos",
        "read images",
        "list faces",
        "delete faces",
        "search faces",
        "know who is forgotten",
        "withdraw a request",
        "list requests",
        "note a change",
        "receive messages",
        "read dead letters",
        "tell of a photo",
        "read the journal",
        "forget a decision",
        "take a turn at people",
        "read what is known of people",
        "forget the names in a file",
        "read a private set",
        "read private photos",
        "read a private row",
        "check that a set stays",
        "delete a row",
        "delete a private row",
        "read members",
        "see whether members are limited",
        "change an audience",
        "let a link in",
        "make a key",
        "let an owner out",
        "delete a link",
        "make a set public",
        "close a private address",
        "keep a private address",
        "look for a member",
        "let a member out",
        "delete a person's page",
        "delete a card",
        "have people shown anew",
        "invite somebody",
        "give a member a password",
        "sign a member out",
        "list owners",
        "have every page made anew",
        *(f"rewrite {file}" for file in SITE_FILES),
    },
    "RemovalFunction": {
        "list faces",
        "keep a request",
        "withdraw a request",
        "count requests",
        "count a visitor's requests",
        "read the counts of requests",
        "know who may see what",
        "read members",
        "check passes",
        "read images",
        "read photos",
        "read private photos",
        "read a private address",
        "keep a private address",
        "close a private address",
        "list private addresses",
        "count what is kept of visitors",
        "count private addresses",
        "read the counts of private addresses",
        "remove what an address shows",
        "remove a feed",
        "tell of a photo",
    },
}


@pytest.mark.parametrize("function", ALLOWED)
def test_a_function_runs_with_its_own_role_and_nothing_else(
    stack: RunningStack, tried: Callable[[str, list], list[bool]], function: str
) -> None:
    possible = calls(stack.outputs)
    allowed = tried(function, list(possible.values()))
    assert {name for name, passed in zip(possible, allowed, strict=True) if passed} == ALLOWED[function]
