"""The AWS calls that may come from the home network: those that the site's pages make, with a visitor's own keys.

The stack checks signatures and policies as always. This comes before it, so that the owner's calls are refused even
with the owner's keys, and nothing else of the embedded AWS can be reached from there.
"""

import re
from collections.abc import Callable

from local.asgi import Scope

# By the prefix of X-Amz-Target: operations that take no signature, because they ask for a token, a password or a code.
UNSIGNED = {
    "AWSCognitoIdentityService": {"GetId", "GetCredentialsForIdentity"},
    "AWSCognitoIdentityProviderService": {
        *("SignUp", "ConfirmSignUp", "ResendConfirmationCode", "InitiateAuth", "RespondToAuthChallenge"),
        *("ForgotPassword", "ConfirmForgotPassword", "RevokeToken", "GlobalSignOut", "DeleteUser"),
    },
}
# And operations that are signed with a visitor's keys.
SIGNED = {"DynamoDB_20120810": {"Query", "GetItem", "BatchGetItem", "PutItem", "DeleteItem"}}
_INVOKE = re.compile(rb"/2015-03-31/functions/[A-Za-z0-9_-]{1,64}/invocations")
# A presigned form has its signature inside, and leads into the bucket of what browsers send (template.yaml).
_FORM = re.compile(rb"/[a-z0-9-]{1,40}-incoming-[0-9]{12}-[a-z0-9-]{1,20}")
# Photos there that wait for the owner, whose signature is in the address.
_LOOK = re.compile(_FORM.pattern + rb"/waiting/[^?]+")
_FORM_TYPE = re.compile(rb"multipart/form-data; boundary=[\w'()+,./:=? -]{1,70}")
_SIGNATURE = re.compile(
    rb"AWS4-HMAC-SHA256 Credential=(?P<key>[A-Z0-9]{16,32})/[0-9]{8}/[a-z0-9-]{1,32}/(?P<service>[a-z]+)/aws4_request"
    rb", ?SignedHeaders=[a-z0-9;-]{1,1000}, ?Signature=[0-9a-f]{64}"
)


def is_guests_call(scope: Scope, is_visitors_key: Callable[[str], bool]) -> bool:
    """Whether a POST is a call that the site's pages make."""
    names = [name.lower() for name, _ in scope["headers"]]
    if len(set(names)) < len(names) or scope["query_string"]:
        return False  # no browser sends a header twice here, and the stack might read the other one
    headers = dict(zip(names, (value for _, value in scope["headers"]), strict=True))
    path, target, signature = scope["raw_path"], headers.get(b"x-amz-target"), headers.get(b"authorization")
    if _FORM.fullmatch(path):
        is_form = _FORM_TYPE.fullmatch(headers.get(b"content-type", b"")) is not None
        return is_form and signature is None and not any(name.startswith(b"x-amz-") for name in headers)
    if target is None:
        return bool(_INVOKE.fullmatch(path)) and _is_signed(signature, b"lambda", is_visitors_key)
    prefix, _, operation = target.decode("latin-1").partition(".")
    if path != b"/":
        return False
    if operation in UNSIGNED.get(prefix, ()):
        return signature is None
    return operation in SIGNED.get(prefix, ()) and _is_signed(signature, b"dynamodb", is_visitors_key)


def is_look(scope: Scope) -> bool:
    """Whether a GET is for a photo that waits, by a signed address that a function gave to the owner or a helper."""
    names = [name.lower() for name, _ in scope["headers"]]
    if any(name == b"authorization" or name.startswith(b"x-amz-") for name in names):
        return False
    path = scope["raw_path"].partition(b"?")[0]
    return bool(_LOOK.fullmatch(path)) and b"X-Amz-Signature=" in scope["query_string"]


def _is_signed(signature: bytes | None, service: bytes, is_visitors_key: Callable[[str], bool]) -> bool:
    found = _SIGNATURE.fullmatch(signature or b"")
    return found is not None and found["service"] == service and is_visitors_key(found["key"].decode())
