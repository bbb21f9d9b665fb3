"""Who gets credentials from Cognito and STS without having any: ministack is more generous than AWS."""

import time
from collections.abc import Callable
from typing import Any


def give_credentials_to_known_identities() -> None:
    """An identity that no pool knows was given credentials, a guest of a pool without guests too."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    get_credentials, get_id = cognito._get_credentials_for_identity, cognito._get_id

    def refused(pool: dict, request: dict) -> Any:
        if request.get("Logins") or str(pool.get("AllowUnauthenticatedIdentities")).lower() == "true":
            return None
        text = "Unauthenticated access is not supported for this identity pool."
        return error_response_json("NotAuthorizedException", text, 400)

    def get_credentials_for_identity(request: dict) -> Any:
        pool = _pool_of(request)
        if pool is None:
            text = f"Identity '{request.get('IdentityId')}' not found."
            return error_response_json("ResourceNotFoundException", text, 400)
        return refused(pool, request) or get_credentials(request)

    def get_id_in_pool(request: dict) -> Any:
        pool = cognito._identity_pools.get(request.get("IdentityPoolId"))
        return (pool and refused(pool, request)) or get_id(request)

    cognito._get_credentials_for_identity, cognito._get_id = get_credentials_for_identity, get_id_in_pool


def _pool_of(request: dict) -> dict | None:
    from ministack.services import cognito

    identity = request.get("IdentityId")
    pools = (pool for _, pool in cognito._identity_pools.items())
    return next((pool for pool in pools if identity in pool.get("_identities", {})), None)


def keep_the_classic_flow_off() -> None:
    """Where the pool says so, no token is given out that AssumeRoleWithWebIdentity takes."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    original = cognito._get_open_id_token

    def get_open_id_token(request: dict) -> Any:
        pool = _pool_of(request)
        if pool and str(pool.get("AllowClassicFlow")).lower() == "false":
            text = "Basic (classic) flow is not enabled, please use enhanced flow."
            return error_response_json("InvalidParameterException", text, 400)
        return original(request)

    cognito._get_open_id_token = get_open_id_token


def verify_web_identities() -> None:
    """AssumeRoleWithWebIdentity accepted any made-up token."""
    from ministack.services import cognito, sts

    original = sts._web_identity_trust_denied

    def web_identity_trust_denied(role_arn: str, params: dict, use_json: bool) -> Any:
        token = sts._p(params, "WebIdentityToken")
        fault = token_fault(token, cognito._token_claims, cognito._signature_valid)
        if fault is None:
            return original(role_arn, params, use_json)
        if use_json:
            return sts.error_response_json(*fault, 400)
        return sts._error(400, *fault, ns="sts")

    sts._web_identity_trust_denied = web_identity_trust_denied


def token_fault(
    token: str, claims_of: Callable[[str], dict], is_signed: Callable[[str], bool]
) -> tuple[str, str] | None:
    """Code and message of what is wrong with a web identity token, or None."""
    claims = claims_of(token) if token.count(".") == 2 else {}
    if not claims:
        return "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
    if not is_signed(token):
        return "InvalidIdentityToken", "The ID Token's signature is not valid."
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= time.time():
        return "ExpiredTokenException", "Token expired"
    return None
