"""Fixes to ministack's behaviour that a test through boto3 could only see by the clock."""

import asyncio
import json
import queue
import time
import types

import pytest

from local.embedded import forms, watching
from local.embedded.cells import encode_value
from local.embedded.forms import file_name, note_form
from local.embedded.identities import (
    MAX_GUESTS,
    forbidden_attributes,
    forget_expired,
    forget_old_guests,
    mapped_role,
    role_claims,
    token_fault,
)
from local.embedded.logs import _END, MAX_STREAMS, forget_old, written
from local.embedded.queues import take_batch
from local.embedded.saving import read_state


class Unawaited(queue.Queue[str]):
    """Lines of which all have come; whoever waits for another fails."""

    def get(self, block: bool = True, timeout: float | None = None) -> str:
        assert not self.empty(), "another line was waited for"
        return super().get(block, timeout)


def lines(*texts: str, kind: type["queue.Queue[str]"] = queue.Queue) -> "queue.Queue[str]":
    found = kind()
    for text in texts:
        found.put(text)
    return found


def test_ministack_still_waits_for_silent_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    from ministack.core import lambda_runtime

    waited = []
    monkeypatch.setattr(lambda_runtime.time, "sleep", waited.append)
    clock = iter(range(1000))
    monkeypatch.setattr(lambda_runtime.time, "time", lambda: next(clock) / 1000)
    worker = lambda_runtime.Worker.__new__(lambda_runtime.Worker)
    worker._stderr_queue = queue.Queue()
    lambda_runtime.Worker._drain_stderr_bounded(worker)
    assert len(waited) > 10, "ministack has mended it: `logs` needs to end them no more"


@pytest.mark.parametrize(
    ("texts", "log"),
    [
        ([_END + "2"], ""),
        (["a", "b", _END + "2", "of the next"], "a\nb"),
        (["no line's end" + _END + "2"], "no line's end"),
        ([_END + "1", "a", _END + "2"], "a"),
        (["", "a", "", _END + "2"], "\na\n"),
    ],
)
def test_a_log_ends_with_its_invocation(texts: list[str], log: str) -> None:
    assert written(lines(*texts, kind=Unawaited), _END + "2") == log


def test_a_dead_process_leaves_the_log_it_wrote() -> None:
    assert written(lines("a"), _END + "2") == "a"


class Registering(dict[str, float]):
    """A session; while it is looked at, another thread registers one."""

    sessions: dict[str, dict[str, float]]

    def get(self, *arguments: object) -> object:
        self.sessions["from another thread"] = {}
        return super().get(*arguments)  # type: ignore[call-overload]


def test_only_the_logs_of_the_last_invocations_are_kept() -> None:
    streams = {str(number): {"events": []} for number in range(MAX_STREAMS + 3)}
    forget_old(streams)
    assert next(iter(streams)) == "3"
    assert len(streams) == MAX_STREAMS
    forget_old(streams)
    assert len(streams) == MAX_STREAMS


def test_sessions_are_forgotten_while_others_are_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    from ministack.services import sts

    now = time.time()
    old = Registering(Expiration=now - 90_000)
    old.sessions = {"old": old, "expired": {"Expiration": now - 80_000}, "valid": {"Expiration": now + 10}, "role": {}}
    monkeypatch.setattr(sts, "_sessions", dict(old.sessions))
    old.sessions, kept = sts._sessions, old.sessions
    with pytest.raises(RuntimeError, match="changed size"):
        sts._evict_expired_sessions()  # ministack's own: once it no longer fails, ours can go
    old.sessions = kept
    forget_expired(kept)
    assert kept.keys() == {"expired", "valid", "role", "from another thread"}


def test_the_oldest_guests_are_forgotten_and_members_are_not() -> None:
    identities: dict[str, dict] = {"member": {"Logins": {"pool": "token"}}}
    identities |= {str(number): {"Logins": {}} for number in range(MAX_GUESTS + 3)}
    forget_old_guests(identities)
    assert list(identities)[:2] == ["member", "3"]
    assert len(identities) == MAX_GUESTS + 1


@pytest.mark.parametrize(
    ("listed", "names", "forbidden"),
    [
        (["email"], ["email"], set()),
        (["email"], ["email", "sub"], {"sub"}),
        (["email"], ["email_verified", "name"], {"email_verified", "name"}),
        ([], ["email", "name"], set()),
        (None, ["sub", "email_verified", "email"], {"sub", "email_verified"}),
    ],
)
def test_nobody_gives_themselves_what_makes_them_somebody_else(
    listed: list[str] | None, names: list[str], forbidden: set[str]
) -> None:
    attributes = [{"Name": name, "Value": "x"} for name in names]
    assert forbidden_attributes({"WriteAttributes": listed}, attributes) == forbidden


@pytest.mark.parametrize(
    ("token", "claims", "signed", "code"),
    [
        ("", {}, True, "InvalidIdentityToken"),
        ("x", {"exp": 9e9}, True, "InvalidIdentityToken"),
        ("a.b.c", {}, True, "InvalidIdentityToken"),
        ("a.b.c", {"exp": 9e9}, False, "InvalidIdentityToken"),
        ("a.b.c", {"exp": 1}, True, "ExpiredTokenException"),
        ("a.b.c", {"exp": "never"}, True, "ExpiredTokenException"),
    ],
)
def test_a_web_identity_needs_a_token_we_gave_out(token: str, claims: dict, signed: bool, code: str) -> None:
    fault = token_fault(token, lambda token: claims, lambda token: signed)
    assert fault is not None
    assert fault[0] == code


def test_a_token_we_gave_out_is_accepted() -> None:
    assert token_fault("a.b.c", lambda token: {"exp": 9e9}, lambda token: True) is None


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("../b/a.jpg", "a.jpg"),
        ("Ã¼.jpg", "ü.jpg"),
        ("\xff", "\xff"),
    ],
)
def test_a_form_names_its_file(told: str, name: str) -> None:
    assert file_name(told) == name


@pytest.mark.parametrize(
    ("method", "path", "query", "bucket", "headers", "is_form"),
    [
        ("POST", "/photos", b"", None, {}, True),
        ("POST", "/photos/", b"", None, {}, True),
        ("POST", "/", b"", "photos", {}, True),
        ("POST", "/", b"", None, {}, False),
        ("POST", "/photos/key", b"", None, {}, False),
        ("POST", "/key", b"", "photos", {}, False),
        ("POST", "/photos", b"delete", None, {}, False),
        ("PUT", "/photos", b"", None, {}, False),
        ("POST", "/photos", b"", None, {"authorization": "AWS4"}, False),
        ("POST", "/photos", b"", None, {"content-type": "text/xml"}, False),
    ],
)
def test_only_an_upload_counts_as_a_form(
    method: str, path: str, query: bytes, bucket: str | None, headers: dict, is_form: bool
) -> None:
    scope = {"method": method, "path": path, "query_string": query}
    note_form(scope, {"content-type": "multipart/form-data; boundary=x"} | headers, bucket)
    assert forms._is_form.get() is is_form


@pytest.mark.parametrize(
    ("operation", "changes"),
    [("GetId", True), ("GetCredentialsForIdentity", True), ("SignUp", True), ("GetUser", False), ("ListUsers", False)],
)
def test_an_identity_is_kept_once_it_is_given_out(operation: str, changes: bool) -> None:
    async def handle_request(method: str, path: str, headers: dict, body: bytes, query_params: dict) -> tuple:
        return 200, {}, b""

    module, noted = types.SimpleNamespace(handle_request=handle_request), watching.Noted()
    watching.watch_calls(module, "cognito", noted)
    headers = {"x-amz-target": f"AWSCognitoIdentityService.{operation}"}
    asyncio.run(module.handle_request("POST", "/", headers, b"", {}))
    assert (noted.services == {"cognito"}) is changes


def test_a_state_that_grows_while_it_is_read_is_read_again() -> None:
    """A function's first batch adds how it went to ministack's record, in a thread of ministack's."""
    mappings = {"mapping": {"State": "Enabled"}}

    def get_state() -> dict:
        state = {}
        for name, mapping in mappings.items():
            mappings.setdefault("another", {"State": "Enabled"})
            state[name] = dict(mapping)
        return state

    value = read_state("lambda_svc", types.SimpleNamespace(get_state=get_state))
    assert json.loads(value) == mappings


def test_stacks_are_kept_as_ministack_tells_them() -> None:
    from ministack.services import cloudformation

    cloudformation._stacks["one"] = {"StackStatus": "CREATE_COMPLETE", "_template": {"Resources": {}}}
    try:
        value = read_state("cloudformation", cloudformation)
        assert value == encode_value(cloudformation.get_state())
        assert b"CREATE_COMPLETE" in value
    finally:
        del cloudformation._stacks["one"]


PROVIDER = "cognito-idp.us-east-1.amazonaws.com/us-east-1_A"
BY_TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}


@pytest.mark.parametrize(
    ("mappings", "claims", "refused", "role"),
    [
        ({}, {"cognito:preferred_role": "r"}, False, None),
        ({f"{PROVIDER}:c": BY_TOKEN}, {"cognito:preferred_role": "r"}, False, "r"),
        ({"x": {**BY_TOKEN, "IdentityProvider": f"{PROVIDER}:c"}}, {"cognito:preferred_role": "r"}, False, "r"),
        ({f"{PROVIDER}:c": BY_TOKEN}, {}, False, None),
        ({f"{PROVIDER}:c": {**BY_TOKEN, "AmbiguousRoleResolution": "Deny"}}, {}, True, None),
        ({f"{PROVIDER}:other": BY_TOKEN}, {"cognito:preferred_role": "r"}, False, None),
        ({f"{PROVIDER}:c": {"Type": "Rules"}}, {"cognito:preferred_role": "r"}, False, None),
    ],
)
def test_a_token_gives_its_role_where_the_pool_asks_it(
    mappings: dict, claims: dict, refused: bool, role: str | None
) -> None:
    assert mapped_role(mappings, {PROVIDER: {"aud": "c", **claims}}) == (refused, role)


def test_a_guest_has_no_token_to_ask() -> None:
    assert mapped_role({f"{PROVIDER}:c": BY_TOKEN}, {}) == (False, None)


def test_a_token_prefers_the_role_of_the_first_group() -> None:
    first, second, none = {"RoleArn": "b", "Precedence": 0}, {"RoleArn": "a", "Precedence": 5}, {"RoleArn": ""}
    assert role_claims([none]) == {}
    assert role_claims([second, first]) == {"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"}
    assert role_claims([{"RoleArn": "a"}]) == {"cognito:roles": ["a"], "cognito:preferred_role": "a"}
    assert role_claims([first, {**second, "Precedence": 0}]) == {"cognito:roles": ["a", "b"]}, "which one is unclear"


def test_a_batch_waits_for_its_time_or_until_it_is_full() -> None:
    queue = list(range(25))

    def receive(number: int) -> list[int]:
        return [queue.pop(0) for _ in range(min(10, number, len(queue)))]

    assert take_batch(receive, 100, [], before=9.0) == []
    assert take_batch(receive, 100, [10.0, 11.0], before=9.0) == []
    assert take_batch(receive, 12, [10.0] * 25, before=9.0) == list(range(12)), "it is full"
    assert take_batch(receive, 100, [8.0, 11.0], before=9.0) == list(range(12, 25)), "the first has waited long enough"
