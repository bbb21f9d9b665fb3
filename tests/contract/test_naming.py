"""Naming people: the owner, signed in, does it through the people function, and nobody else may."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from running import RunningStack, new_guest, session_of
from serving import get

from scripts.laptop.laptop_owner import OWNER_MAIL

PASSWORD = "correct horse battery"
PHOTO = "2009_inauguration/obama.jpg"
WHO = "Whoever it is"


def sign_in(stack: RunningStack, mail: str, password: str) -> boto3.Session:
    """The credentials that a member's browser gets."""
    unsigned = Config(signature_version=UNSIGNED)
    pool, identities = (
        stack.session().client(name, endpoint_url=stack.api_url, config=unsigned)
        for name in ("cognito-idp", "cognito-identity")
    )
    signed_in = pool.initiate_auth(
        ClientId=stack.outputs["UserPoolClient"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": mail, "PASSWORD": password},
    )["AuthenticationResult"]
    logins = {f"cognito-idp.{stack.region}.amazonaws.com/{stack.outputs['UserPool']}": signed_in["IdToken"]}
    identity = identities.get_id(IdentityPoolId=stack.outputs["IdentityPool"], Logins=logins)["IdentityId"]
    keys = identities.get_credentials_for_identity(IdentityId=identity, Logins=logins)["Credentials"]
    return session_of(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"], stack.region)


def call(stack: RunningStack, session: boto3.Session, **event: Any) -> Any:
    client = session.client("lambda", endpoint_url=stack.api_url)
    answer = client.invoke(FunctionName=stack.outputs["PeopleFunction"], Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def public(stack: RunningStack, key: str) -> Any:
    return json.loads(stack.client("s3").get_object(Bucket=stack.outputs["SiteBucket"], Key=key)["Body"].read())


@pytest.fixture
def owner(stack: RunningStack) -> boto3.Session:
    return sign_in(stack, OWNER_MAIL, (stack.data / "owner-password").read_text().strip())


@pytest.fixture
def named(stack: RunningStack, owner: boto3.Session) -> Iterator[dict[str, Any]]:
    """A face that the owner has named in the browser, and the person; undone afterwards."""
    stack.kinpics("people", "rebuild")
    face = call(stack, owner, action="photo", path=PHOTO)["output"]["faces"][0]
    shown = {part: face[part] for part in ("path", "box", "face")}
    drafts = [{"kind": "name", "person": "new", "name": WHO}, {"kind": "assign", "person": "new", "faces": [shown]}]
    answer = call(stack, owner, action="decide", events=drafts, by="owner@localhost")
    assert answer["statusCode"] == 200, answer
    events = answer["output"]["events"]
    yield {"person": events[0]["person"], **shown}
    for event in events:
        assert call(stack, owner, action="decide", events=[{"kind": "undo", "event": event["id"]}])["statusCode"] == 200


def test_the_owner_may_do_what_visitors_may_and_name_people(stack: RunningStack, owner: boto3.Session) -> None:
    arn = owner.client("sts", endpoint_url=stack.api_url).get_caller_identity()["Arn"]
    assert "-OwnerRole-" in arn
    pics = owner.client("dynamodb", endpoint_url=stack.api_url)
    condition = {"KeyConditionExpression": "primarykey = :p", "ExpressionAttributeValues": {":p": {"S": "/"}}}
    assert pics.query(TableName=stack.outputs["PicsTable"], **condition)["Count"] >= 3
    for operation, arguments in (
        ("scan", {"TableName": stack.outputs["DecisionsTable"]}),
        (
            "delete_item",
            {"TableName": stack.outputs["DecisionsTable"], "Key": {"journal": {"S": "x"}, "id": {"S": "x"}}},
        ),
        ("scan", {"TableName": stack.outputs["ForgottenTable"]}),
        (
            "put_item",
            {"TableName": stack.outputs["PicsTable"], "Item": {"primarykey": {"S": "x"}, "sortkey": {"S": "x"}}},
        ),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(pics, operation)(**arguments)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ClientError):
        owner.client("s3", endpoint_url=stack.api_url).list_objects_v2(Bucket=stack.outputs["ThumbnailsBucket"])


def test_guests_and_members_are_refused(stack: RunningStack) -> None:
    mail, pool = f"{uuid.uuid4()}@example.com", stack.outputs["UserPool"]
    cognito = stack.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=pool, Username=mail, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=mail, Password=PASSWORD, Permanent=True)
    for visitor in (new_guest(stack)[1], sign_in(stack, mail, PASSWORD)):
        with pytest.raises(ClientError) as refused:
            call(stack, visitor, action="people")
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    stack.kinpics("owner", mail)
    assert call(stack, sign_in(stack, mail, PASSWORD), action="people")["statusCode"] == 200
    stack.kinpics("owner", mail, "--remove")
    with pytest.raises(ClientError):
        call(stack, sign_in(stack, mail, PASSWORD), action="people")


def test_a_name_is_public_and_outlives_processing_and_rebuilding(
    stack: RunningStack, owner: boto3.Session, named: dict[str, Any]
) -> None:
    def shown() -> list[dict[str, Any]]:
        return [person for person in public(stack, "people/people.json")["people"] if person["name"] == WHO]

    (person,) = shown()
    assert PHOTO in [photo["path"] for photo in public(stack, f"people/{person['slug']}/photos.json")["photos"]]
    (row,) = (
        entry
        for entry in public(stack, "sets/2009_inauguration/people.json")["photos"]["obama.jpg"]
        if entry[2] == named["face"]
    )
    assert row[0] == named["box"]
    stack.kinpics("reprocess", "2009_inauguration")
    bucket, old = stack.outputs["SiteBucket"], "people/whoever-it-was/photos.json"
    stack.client("s3").put_object(Bucket=bucket, Key=old, Body=b"{}")
    stack.kinpics("people", "rebuild")
    stack.kinpics("publish", "--all")
    assert shown() == [person]
    assert "Contents" not in stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=old)
    faces = call(stack, owner, action="photo", path=PHOTO)["output"]["faces"]
    assert [face["person"] for face in faces if face["origin"] == "confirmed"] == [named["person"]]
    listed = json.loads(stack.kinpics("people", "list", "--json").stdout)
    assert named["person"] in [entry["id"] for entry in listed]


def test_a_portrait_is_there_only_while_its_person_is_shown(
    stack: RunningStack, owner: boto3.Session, named: dict[str, Any]
) -> None:
    (picture,) = (
        one["portrait"]["picture"] for one in public(stack, "people/people.json")["people"] if one["name"] == WHO
    )
    portrait = f"{stack.site_url}/people/portraits/{picture}.webp"
    status, headers, body = get(portrait)
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "image/webp", "private, max-age=86400")
    assert len(body) < 20_000
    hide = [{"kind": "hide", "person": named["person"]}]
    (event,) = call(stack, owner, action="decide", events=hide)["output"]["events"]
    assert get(portrait)[0] == 404
    call(stack, owner, action="decide", events=[{"kind": "undo", "event": event["id"]}])
    assert get(portrait)[2] == body
