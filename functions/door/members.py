"""Who is signed in, by the access token that Cognito gave to the browser."""

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.access.passes import member_id
from functions.access.user_pool import OWNER_GROUP
from functions.aws_errors import code_of
from functions.visitor_calls import RequestError

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

# What Cognito says of a token that has ended, was revoked, or is of an account that is gone.
_ENDED = {
    "InvalidParameterException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "ResourceNotFoundException",
    "UserNotConfirmedException",
    "UserNotFoundException",
}


@dataclass(frozen=True)
class SignedIn:
    """Somebody with an account: their member id, their address, and whether they were an owner when they signed in,
    ``at`` seconds since 1970."""

    id: str
    email: str
    is_owner: bool
    at: int = 0


@dataclass(frozen=True)
class Members:
    """The user pool's members. ``issuer`` and ``site`` are what the pool and the site's client are in a token."""

    client: "CognitoIdentityProviderClient"
    issuer: str
    site: str

    def find(self, token: str) -> SignedIn:
        """Who has this access token. Raises ``RequestError``, or whatever Cognito raises when it is busy."""
        claims = _claims(token)
        # GetUser takes the tokens of every user pool of the region, somebody else's too.
        if claims.get("iss") != self.issuer or claims.get("client_id") != self.site:
            raise signed_out()
        try:
            user = self.client.get_user(AccessToken=token)
        except ClientError as error:
            if code_of(error) in _ENDED:
                raise signed_out() from None
            raise
        # Cognito has checked the signature, so its other claims hold as well.
        known = {attribute["Name"]: attribute.get("Value", "") for attribute in user["UserAttributes"]}
        groups = claims.get("cognito:groups")
        is_owner = isinstance(groups, list) and OWNER_GROUP in groups
        issued = claims.get("iat")
        at = int(issued) if isinstance(issued, int | float) else 0
        return SignedIn(member_id(known.get("sub") or str(claims.get("sub"))), known.get("email", ""), is_owner, at)


def _claims(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        raise signed_out() from None
    return claims if isinstance(claims, dict) else {}


def signed_out() -> RequestError:
    """The refusal of a token that counts no more."""
    return RequestError(401, "SignedOut", "this sign-in has ended: sign in again")
