"""What is a visitor's own: nobody else reads, writes or deletes it, guest or member."""

import re
import uuid
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from running import RunningStack, new_guest, session_of

ROW = {"made_at": {"S": "2026-01-01T00:00:00Z"}, "people": {"L": []}}
PASSWORD = "correct horse battery"


def unsigned(stack: RunningStack, service: str) -> Any:
    return stack.session().client(service, endpoint_url=stack.api_url, config=Config(signature_version=UNSIGNED))


def sign_up(stack: RunningStack) -> str:
    """The address of a new member."""
    pool, email = unsigned(stack, "cognito-idp"), f"{uuid.uuid4()}@example.com"
    client = {"ClientId": stack.outputs["UserPoolClient"]}
    attributes = [{"Name": "email", "Value": email}]
    pool.sign_up(**client, Username=email, Password=PASSWORD, UserAttributes=attributes)
    (code,) = re.findall(rf"Mail to {email}: .*?(\d{{6}})", stack.log.read_text())
    pool.confirm_sign_up(**client, Username=email, ConfirmationCode=code)
    return email


def sign_in(stack: RunningStack, email: str) -> tuple[str, boto3.Session]:
    """The identity and the credentials of a member's browser."""
    pool, identities = unsigned(stack, "cognito-idp"), unsigned(stack, "cognito-identity")
    client = {"ClientId": stack.outputs["UserPoolClient"]}
    parameters = {"USERNAME": email, "PASSWORD": PASSWORD}
    tokens = pool.initiate_auth(**client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    provider = f"cognito-idp.{stack.region}.amazonaws.com/{stack.outputs['UserPool']}"
    logins = {provider: tokens["AuthenticationResult"]["IdToken"]}
    identity = identities.get_id(IdentityPoolId=stack.outputs["IdentityPool"], Logins=logins)["IdentityId"]
    keys = identities.get_credentials_for_identity(IdentityId=identity, Logins=logins)["Credentials"]
    session = session_of(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"], stack.region)
    return identity, session


def test_a_member_stays_who_they_are(stack: RunningStack) -> None:
    pool, email, other = unsigned(stack, "cognito-idp"), sign_up(stack), sign_up(stack)
    client = {"ClientId": stack.outputs["UserPoolClient"]}

    def access_token(name: str) -> str:
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
        tokens = pool.initiate_auth(**client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        return tokens["AuthenticationResult"]["AccessToken"]

    def about(name: str) -> dict[str, str]:
        user = pool.get_user(AccessToken=access_token(name))
        return {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}

    of_other, before = about(other)["sub"], about(email)
    stolen = [{"Name": "email", "Value": email}, {"Name": "sub", "Value": of_other}]
    for attributes in ([{"Name": "sub", "Value": of_other}], [{"Name": "email_verified", "Value": "true"}]):
        with pytest.raises(ClientError, match="NotAuthorizedException"):
            pool.update_user_attributes(AccessToken=access_token(email), UserAttributes=attributes)
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        pool.sign_up(**client, Username=f"x{email}", Password=PASSWORD, UserAttributes=stolen)
    # Another address counts once its code has been entered.
    elsewhere = [{"Name": "email", "Value": f"new-{email}"}]
    pool.update_user_attributes(AccessToken=access_token(email), UserAttributes=elsewhere)
    assert about(email)["email"] == email
    assert about(email)["sub"] == before["sub"] != of_other == about(other)["sub"]


def new_member(stack: RunningStack) -> tuple[str, boto3.Session]:
    return sign_in(stack, sign_up(stack))


VISITORS = {"guest": new_guest, "member": new_member}


@pytest.fixture(params=VISITORS)
def visitor(stack: RunningStack, request: pytest.FixtureRequest) -> tuple[str, Any]:
    identity, session = VISITORS[request.param](stack)
    return identity, session.client("dynamodb", endpoint_url=stack.api_url)


def key(identity: str) -> dict:
    return {"identity_id": {"S": identity}, "kind": {"S": "lookalike"}}


def test_a_visitor_writes_reads_and_deletes_only_their_own(
    stack: RunningStack, visitor: tuple[str, Any], matches: Any
) -> None:
    identity, dynamodb = visitor
    table = {"TableName": stack.outputs["MatchesTable"]}
    dynamodb.put_item(**table, Item=key(identity) | ROW)
    assert dynamodb.get_item(**table, Key=key(identity))["Item"] == key(identity) | ROW
    dynamodb.delete_item(**table, Key=key(identity))
    assert matches.scan()["Items"] == []


@pytest.mark.parametrize("other", ["visitor", "forgotten", ""])
def test_nobody_reads_writes_or_deletes_what_is_anothers(
    stack: RunningStack, visitor: tuple[str, Any], matches: Any, other: str
) -> None:
    identity, dynamodb = visitor
    theirs = new_guest(stack)[0] if other == "visitor" else other or f"{identity}x"
    matches.put_item(Item={"identity_id": theirs, "kind": "lookalike", "people": []})
    table = stack.outputs["MatchesTable"]
    named, own = {"TableName": table}, key(identity)
    item = {"Item": key(theirs) | ROW}
    condition = {"KeyConditionExpression": "identity_id = :i", "ExpressionAttributeValues": {":i": {"S": theirs}}}
    tries: list[tuple[str, dict]] = [
        ("get_item", named | {"Key": key(theirs)}),
        ("put_item", named | item),
        ("delete_item", named | {"Key": key(theirs)}),
        ("update_item", named | {"Key": key(theirs)}),
        ("update_item", named | {"Key": own}),
        ("query", named | condition),
        ("scan", named),
        ("batch_get_item", {"RequestItems": {table: {"Keys": [own, key(theirs)]}}}),
        ("batch_write_item", {"RequestItems": {table: [{"PutRequest": item}]}}),
        ("transact_get_items", {"TransactItems": [{"Get": named | {"Key": key(theirs)}}]}),
        ("transact_write_items", {"TransactItems": [{"Put": named | {"Item": own}}, {"Put": named | item}]}),
        ("execute_statement", {"Statement": f'SELECT * FROM "{table}"'}),  # noqa: S608 - is to be refused
    ]
    for operation, arguments in tries:
        with pytest.raises(ClientError) as refused:
            getattr(dynamodb, operation)(**arguments)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException", operation
    assert matches.scan()["Items"] == [{"identity_id": theirs, "kind": "lookalike", "people": []}]


def test_a_member_may_do_what_a_guest_may_and_no_more(stack: RunningStack) -> None:
    _, session = new_member(stack)
    dynamodb = session.client("dynamodb", endpoint_url=stack.api_url)
    found = dynamodb.get_item(
        TableName=stack.outputs["PicsTable"], Key={"primarykey": {"S": "/"}, "sortkey": {"S": "2009_inauguration"}}
    )
    assert "Item" in found
    for service, operation, arguments in (
        ("dynamodb", "scan", {"TableName": stack.outputs["PicsTable"]}),
        ("rekognition", "list_collections", {}),
        ("cognito-idp", "list_users", {"UserPoolId": stack.outputs["UserPool"]}),
        ("s3", "list_buckets", {}),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(session.client(service, endpoint_url=stack.api_url), operation)(**arguments)
        assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), operation


def test_a_member_is_the_same_visitor_on_every_device(stack: RunningStack) -> None:
    email = sign_up(stack)
    assert sign_in(stack, email)[0] == sign_in(stack, email)[0] != new_member(stack)[0]
