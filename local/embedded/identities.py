"""Fixes to Cognito and STS: who may have an identity, an account or credentials. ministack gives more than AWS does."""

import json
import time
from collections.abc import Callable
from typing import Any

from local.embedded.replacing import replace

# An expired session is remembered for another day, so that its keys are called expired, as on AWS, not unknown.
_KNOWN_SECONDS = 86_400
# So many guests are known at most. A page whose guest is not takes a new identity.
MAX_GUESTS = 1000
# What an identity pool calls the sessions of the roles it gives.
_SESSION = "CognitoIdentityCredentials"
# After every precedence that a group can have.
_LAST = 2**31
# What a token says.
Claims = dict[str, Any]


def apply() -> None:
    """Make all fixes of this module."""
    _refuse_guests_where_the_pool_has_none()
    _refuse_sign_ups_where_only_the_owner_adds_members()
    _let_members_write_what_they_may()
    _print_mails()
    _give_credentials_to_known_identities()
    _name_a_groups_role_in_its_members_tokens()
    _give_members_their_groups_role()
    _refuse_the_classic_flow_where_it_is_off()
    _verify_web_identities()
    _forget_sessions_safely()


def _refuse_guests_where_the_pool_has_none() -> None:
    """An identity pool gave guests an identity and credentials whether it lets them in or not."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def identity_logins_error(pool: dict[str, Any], identity_id: str | None, logins: dict[str, Any]) -> Any:
        known = pool["_identities"].get(identity_id or "", {}).get("Logins")
        if not (logins or known or pool.get("AllowUnauthenticatedIdentities")):
            message = "Unauthenticated access is not supported for this identity pool."
            return error_response_json("NotAuthorizedException", message, 400)
        return original(pool, identity_id, logins)

    signature = "(pool, identity_id, logins)"
    original = replace(cognito, "_identity_logins_error", identity_logins_error, signature)


def _refuse_sign_ups_where_only_the_owner_adds_members() -> None:
    """A user pool let anybody sign up, whatever its settings."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def sign_up(data: dict[str, Any]) -> Any:
        pools = (pool for pool in cognito._user_pools.values() if data.get("ClientId") in pool["_clients"])
        pool: dict[str, Any] = next(pools, {})
        rules = pool.get("AdminCreateUserConfig") or {}
        if str(rules.get("AllowAdminCreateUserOnly")).lower() == "true":
            return error_response_json("NotAuthorizedException", "SignUp is not permitted for this user pool", 400)
        return original(data)

    original = replace(cognito, "_sign_up", sign_up, "(data)")


def _let_members_write_what_they_may() -> None:
    """Members could give themselves any attribute: also another member's id (`sub`), and an address without a code."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def refused(pool: dict[str, Any], client: str, attributes: list[dict[str, Any]]) -> Any:
        if forbidden_attributes(pool.get("_clients", {}).get(client) or {}, attributes):
            text = "A client attempted to write unauthorized attribute"
            return error_response_json("NotAuthorizedException", text, 400)
        return None

    def sign_up(data: dict[str, Any]) -> Any:
        client = data.get("ClientId") or ""
        pools = (pool for pool in cognito._user_pools.values() if client in pool["_clients"])
        pool: dict[str, Any] = next(pools, {})
        return refused(pool, client, data.get("UserAttributes") or []) or original_sign_up(data)

    def update_user_attributes(data: dict[str, Any]) -> Any:
        pool = cognito._user_pool_for_access_token(data.get("AccessToken") or "")[1]
        if not pool:
            return original_update(data)
        client = cognito._token_claims(data["AccessToken"]).get("client_id", "")
        attributes = data.get("UserAttributes") or []
        # What counts only once a code has been entered stays as it is: nothing here asks for one.
        checked = (pool.get("UserAttributeUpdateSettings") or {}).get("AttributesRequireVerificationBeforeUpdate") or []
        counting = [attribute for attribute in attributes if attribute.get("Name") not in checked]
        return refused(pool, client, attributes) or original_update({**data, "UserAttributes": counting})

    original_sign_up = replace(cognito, "_sign_up", sign_up, "(data)")
    original_update = replace(cognito, "_update_user_attributes", update_user_attributes, "(data)")


def forbidden_attributes(client: dict[str, Any], attributes: list[dict[str, Any]]) -> set[str]:
    """Those of the ``attributes`` that a user pool's client may not write; without a list it may write any but these.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
    """
    names = {str(attribute.get("Name")) for attribute in attributes}
    listed = client.get("WriteAttributes")
    return names - set(listed) if listed else names & {"sub", "email_verified", "phone_number_verified"}


def _print_mails() -> None:
    """Mails of the user pool are printed where the stack runs, because nothing here can send them."""
    from ministack.services import cognito

    def deliver(pool: dict[str, Any], to_email: str, subject: str, body: str, *rest: Any, **others: Any) -> None:
        print(f"Mail to {to_email}: {subject}: {body}", flush=True)

    signature = "(pool, to_email, subject, body, type_name, extra=None)"
    replace(cognito, "_deliver_cognito_email", deliver, signature)


def _give_credentials_to_known_identities() -> None:
    """ministack gave credentials to an identity that no pool knows, and to a guest of a pool without guests."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def refused(pool: dict[str, Any], request: dict[str, Any]) -> Any:
        if request.get("Logins") or str(pool.get("AllowUnauthenticatedIdentities")).lower() == "true":
            return None
        text = "Unauthenticated access is not supported for this identity pool."
        return error_response_json("NotAuthorizedException", text, 400)

    def get_credentials_for_identity(request: dict[str, Any]) -> Any:
        pool = _pool_of(request)
        if pool is None:
            text = f"Identity '{request.get('IdentityId')}' not found."
            return error_response_json("ResourceNotFoundException", text, 400)
        return refused(pool, request) or get_credentials(request)

    def get_id_in_pool(request: dict[str, Any]) -> Any:
        pool = cognito._identity_pools.get(request.get("IdentityPoolId"))
        answer = (pool and refused(pool, request)) or get_id(request)
        if pool:
            forget_old_guests(pool["_identities"])
        return answer

    get_credentials = replace(cognito, "_get_credentials_for_identity", get_credentials_for_identity, "(data)")
    get_id = replace(cognito, "_get_id", get_id_in_pool, "(data)")


def _name_a_groups_role_in_its_members_tokens() -> None:
    """ministack's id tokens name a member's groups, but not their roles, nor which of those to prefer."""
    from ministack.services import cognito

    def apply_pretoken_trigger(pool_id: str, claims: Claims, token_type: str, **others: Any) -> Any:
        if token_type == "id":  # noqa: S105 - a kind of token
            groups = (cognito._user_pools.get(pool_id) or {}).get("_groups", {})
            claims = {**claims, **role_claims([groups[name] for name in others["groups"] if name in groups])}
        return original(pool_id, claims, token_type, **others)

    signature = (
        "(pool_id, claims, token_type, trigger_source, client_id, username, user_attrs, groups, client_metadata=None, "
        "scope='aws.cognito.signin.user.admin')"
    )
    original = replace(cognito, "_apply_pretoken_trigger", apply_pretoken_trigger, signature)


def role_claims(groups: list[dict[str, Any]]) -> Claims:
    """What an id token says of the roles of a member's ``groups``.

    A role is preferred if its group comes before those of all others (0 is the first; a group without a precedence is
    last): https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
    """
    ranks = {
        group["RoleArn"]: group["Precedence"] if isinstance(group.get("Precedence"), int) else _LAST
        for group in groups
        if group.get("RoleArn")
    }
    first = [role for role, rank in ranks.items() if rank == min(ranks.values())]
    preferred = {"cognito:preferred_role": first[0]} if len(first) == 1 else {}
    return {"cognito:roles": sorted(ranks), **preferred} if ranks else {}


def _give_members_their_groups_role() -> None:
    """An identity pool that takes a member's role from their token (RoleMappings) gave them the same as all others."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito, sts

    def get_credentials_for_identity(request: dict[str, Any]) -> Any:
        pool, answer = _pool_of(request), original(request)
        if pool is None or answer[0] != 200:
            return answer
        tokens = {name: cognito._token_claims(token) for name, token in (request.get("Logins") or {}).items()}
        is_refused, role = mapped_role(pool.get("_role_mappings") or {}, tokens)
        if is_refused:
            return error_response_json("NotAuthorizedException", "Token does not name a role.", 400)
        if role:
            session = sts._sessions[json.loads(answer[2])["Credentials"]["AccessKeyId"]]
            session["Arn"] = session["Arn"].rpartition(":")[0] + f":assumed-role/{role.rpartition('/')[2]}/{_SESSION}"
        return answer

    original = replace(cognito, "_get_credentials_for_identity", get_credentials_for_identity, "(data)")


def mapped_role(mappings: dict[str, dict[str, Any]], tokens: dict[str, Claims]) -> tuple[bool, str | None]:
    """Whether an identity pool refuses a sign-in, and the role that its mappings of type Token give, if any.

    ``mappings`` is RoleMappings as SetIdentityPoolRoles or CloudFormation takes them; ``tokens`` has each provider's
    claims. https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
    """
    for key, mapping in mappings.items():
        provider, _, client = mapping.get("IdentityProvider", key).rpartition(":")
        claims = tokens.get(provider)
        if mapping.get("Type") != "Token" or claims is None or claims.get("aud") != client:
            continue
        role = claims.get("cognito:preferred_role")
        return role is None and mapping.get("AmbiguousRoleResolution") == "Deny", role
    return False, None


def _pool_of(request: dict[str, Any]) -> dict[str, Any] | None:
    from ministack.services import cognito

    identity = request.get("IdentityId")
    pools = (pool for _, pool in cognito._identity_pools.items())
    return next((pool for pool in pools if identity in pool.get("_identities", {})), None)


def _refuse_the_classic_flow_where_it_is_off() -> None:
    """Where the pool says so, nobody gets a token that AssumeRoleWithWebIdentity takes."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def get_open_id_token(request: dict[str, Any]) -> Any:
        pool = _pool_of(request)
        if pool and str(pool.get("AllowClassicFlow")).lower() == "false":
            text = "Basic (classic) flow is not enabled, please use enhanced flow."
            return error_response_json("InvalidParameterException", text, 400)
        return original(request)

    original = replace(cognito, "_get_open_id_token", get_open_id_token, "(data)")


def _verify_web_identities() -> None:
    """AssumeRoleWithWebIdentity accepted any made-up token."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito, sts

    def web_identity_trust_denied(role_arn: str, params: dict[str, Any], use_json: bool) -> Any:
        token = sts._p(params, "WebIdentityToken")
        fault = token_fault(token, cognito._token_claims, cognito._signature_valid)
        if fault is None:
            return original(role_arn, params, use_json)
        if use_json:
            return error_response_json(*fault, 400)
        return sts._error(400, *fault, ns="sts")

    signature = "(role_arn, params, use_json)"
    original = replace(sts, "_web_identity_trust_denied", web_identity_trust_denied, signature)


def _forget_sessions_safely() -> None:
    """Each start of a function registers a session, in a thread of its own. ministack walked through all sessions
    meanwhile, which failed when another thread added one: that call, and every other of the same function, failed."""
    from ministack.services import sts

    replace(sts, "_evict_expired_sessions", lambda: forget_expired(sts._sessions), "()")


def forget_old_guests(identities: dict[str, dict[str, Any]]) -> None:
    """Drop the oldest guests of a pool: each new one writes all that is known of Cognito to the disk."""
    guests = [name for name, identity in identities.copy().items() if not identity.get("Logins")]
    for name in guests[: max(0, len(guests) - MAX_GUESTS)]:
        identities.pop(name, None)  # another thread may do the same


def is_forgotten(session: dict[str, Any]) -> bool:
    """Whether a session has been expired for so long that its keys are unknown."""
    expires = session.get("Expiration")
    return isinstance(expires, int | float) and expires + _KNOWN_SECONDS < time.time()


def forget_expired(sessions: dict[str, dict[str, Any]]) -> None:
    """Drop what is forgotten from sessions that other threads may add to meanwhile."""
    for access_key, session in sessions.copy().items():
        if is_forgotten(session):
            sessions.pop(access_key, None)


def token_fault(
    token: str, claims_of: Callable[[str], dict[str, Any]], is_signed: Callable[[str], bool]
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
