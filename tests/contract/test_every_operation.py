"""Every operation that AWS has of the services in use, tried with a guest's credentials on the guest's own stack.

Requests are made from the service model: what is required is filled with the names of what is there, where the field
tells what it names, else with something of the right type.
"""

import base64
import json
import time
import urllib.request
from typing import Any

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import Shape
from running import RunningStack, new_guest

from local.embedded.environment import SERVICES

# What AWS lets anyone with a session do, whatever the policies say.
FREE = {("sts", "GetCallerIdentity")}
# What policies/visitor.json allows, on the resources it names; a transaction of reads is allowed as the reads it makes.
ALLOWED = {("dynamodb", "GetItem"), ("dynamodb", "TransactGetItems"), ("dynamodb", "Query"), ("lambda", "Invoke")}
# What else is answered to anyone, without a token that holds; ministack does nothing at the last three.
ANSWERED = {"GetId", "UnlinkIdentity", "RevokeToken", "AssociateSoftwareToken"}
REFUSED = {
    *("AccessDenied", "AccessDeniedException", "403", "UnrecognizedClientException", "NotAuthorizedException"),
    # What ministack does not have is refused to everyone.
    *("UnknownOperationException", "InvalidAction", "NotImplemented", "UnsupportedOperation", "501", "404"),
}
SERVICE_NAMES = ["s3", *sorted(set(SERVICES.split(",")) - {"s3"})]


@pytest.fixture(scope="module")
def guest(stack: RunningStack) -> dict[str, str]:
    """The credentials a visitor's browser gets."""

    def ask(operation: str, body: dict) -> dict:
        headers = {"content-type": "application/x-amz-json-1.1"}
        headers["x-amz-target"] = f"AWSCognitoIdentityService.{operation}"
        with urllib.request.urlopen(urllib.request.Request(stack.api_url, json.dumps(body).encode(), headers)) as page:
            return json.loads(page.read())

    identity = ask("GetId", {"IdentityPoolId": stack.outputs["IdentityPool"]})["IdentityId"]
    keys = ask("GetCredentialsForIdentity", {"IdentityId": identity})["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretKey"],
        "aws_session_token": keys["SessionToken"],
    }


def names(stack: RunningStack) -> dict[str, str]:
    """What a field of this name may name here."""
    outputs = stack.outputs
    return {
        "Bucket": outputs["PicsBucket"],
        "Key": "photos/2009_inauguration/obama.jpg",
        "CopySource": f"{outputs['PicsBucket']}/photos/2009_inauguration/obama.jpg",
        "TableName": outputs["PicsTable"],
        "QueueUrl": outputs["ProcessQueue"],
        "QueueName": outputs["ProcessQueue"].rpartition("/")[2],
        "FunctionName": outputs["SearchFunction"],
        "CollectionId": outputs["AlbumCollection"],
        "StackName": "kinpics",
        "IdentityPoolId": outputs["IdentityPool"],
        "RoleName": "kinpics-GuestRole",
        "resourceArn": f"arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/{outputs['SearchFunction']}",
        "logGroupName": f"/aws/lambda/{outputs['SearchFunction']}",
    }


def filled(shape: Shape, known: dict[str, str], name: str = "", depth: int = 0) -> Any:
    """A value of a shape, with its required fields alone."""
    kind = shape.type_name
    if name in known and kind == "string":
        return known[name]
    if kind == "structure":
        if getattr(shape, "is_tagged_union", False) and shape.members:
            field, member = next(iter(shape.members.items()))
            return {field: filled(member, known, field, depth + 1)} if depth < 6 else {}
        return {field: filled(shape.members[field], known, field, depth + 1) for field in shape.required_members}
    if kind == "list":
        return [filled(shape.member, known, name, depth + 1)] if depth < 6 else []
    if kind == "map":
        return {"a": filled(shape.value, known, "", depth + 1)} if depth < 6 else {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "a" * max(1, shape.metadata.get("min", 1))
    simple = {"integer": 1, "long": 1, "float": 1.0, "double": 1.0, "boolean": True, "blob": b"x"}
    return simple.get(kind, "2026-01-01T00:00:00Z")


def answers(client: Any, known: dict[str, str]) -> dict[str, str]:
    """Of each operation of a service: the error code it ended with, or "" where it did what was asked."""
    found = {}
    for operation in client.meta.service_model.operation_names:
        model = client.meta.service_model.operation_model(operation)
        if model.has_event_stream_output or model.has_event_stream_input or operation == "WriteGetObjectResponse":
            continue  # ministack has none of these
        arguments = filled(model.input_shape, known) if model.input_shape else {}
        try:
            client._make_api_call(operation, arguments)
            found[operation] = ""
        except ClientError as error:
            found[operation] = error.response["Error"]["Code"]
        except BotoCoreError as error:
            found[operation] = type(error).__name__
    return found


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_a_guest_passes_where_the_policy_says_so_and_nowhere_else(
    stack: RunningStack, guest: dict[str, str], service: str
) -> None:
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    session = botocore.session.get_session()
    client = session.create_client(service, "us-east-1", endpoint_url=stack.api_url, config=config, **guest)
    found = answers(client, names(stack))
    print({code: sum(other == code for other in found.values()) for code in set(found.values())})
    free = {operation for name, operation in FREE | ALLOWED if name == service}
    # Of anyone at all AWS takes what its model says needs no signature: it asks for a token, a password or a code.
    free |= {name for name in found if client.meta.service_model.operation_model(name).auth_type == "none"}
    passed = {operation: code for operation, code in found.items() if code not in REFUSED and operation not in free}
    assert not passed, passed
    answered = {name for name in free if found.get(name) == ""}
    assert answered <= ANSWERED | {operation for _, operation in FREE | ALLOWED}
    denied = {operation for name, operation in ALLOWED if name == service and found[operation] in REFUSED}
    assert not denied, denied


def forged(claims: dict) -> str:
    """A token with these claims, signed by nobody."""
    parts = [{"alg": "none"}, claims]
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "x"]
    )


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_role_is_given_by_the_enhanced_flow_alone(stack: RunningStack) -> None:
    config = Config(signature_version=UNSIGNED)
    sts = stack.session().client("sts", endpoint_url=stack.api_url, config=config)
    cognito = stack.session().client("cognito-identity", endpoint_url=stack.api_url, config=config)
    identity, _ = new_guest(stack)
    pool = stack.outputs["IdentityPool"]
    assert code_of(cognito.get_open_id_token, IdentityId=identity) == "InvalidParameterException"
    nobody = f"us-east-1:{'0' * 8}-0000-0000-0000-{'0' * 12}"
    assert code_of(cognito.get_credentials_for_identity, IdentityId=nobody) == "ResourceNotFoundException"
    roles = stack.client("cognito-identity").get_identity_pool_roles(IdentityPoolId=pool)["Roles"]
    assert set(roles) == {"authenticated", "unauthenticated"}
    for kind, role in roles.items():
        claims = {"iss": "https://cognito-identity.amazonaws.com", "aud": pool, "sub": identity, "amr": [kind]}
        for token in ("none", "a.b.c", forged(claims | {"exp": time.time() + 600})):
            ask = {"RoleArn": role, "RoleSessionName": "somebody", "WebIdentityToken": token}
            assert code_of(sts.assume_role_with_web_identity, **ask) == "InvalidIdentityToken"
