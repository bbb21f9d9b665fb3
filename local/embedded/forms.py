"""Uploads by a form (S3's POST Object): ministack knows them, but refuses each for not being signed like a request.

A form carries a policy and its signature among its fields, and S3 checks those:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

import contextlib
import contextvars
import re
from typing import Any

from local.asgi import Scope
from local.embedded.authorization import ENFORCE
from local.embedded.replacing import replace

# Whether the request being answered is a form, and the form's file.
_is_form: contextvars.ContextVar[bool] = contextvars.ContextVar("kinpics_is_form", default=False)
_file: contextvars.ContextVar[bytes] = contextvars.ContextVar("kinpics_file", default=b"")

_SIGNATURES = {"x-amz-signature", "signature"}


def note_form(scope: Scope, headers: dict[str, str], bucket: str | None) -> None:
    """Note whether a request is a form that S3 reads; ``bucket`` is the one that its `Host` names, if it does."""
    path = scope["path"].strip("/")
    at_bucket = path == "" if bucket else path != "" and "/" not in path
    kind = headers.get("content-type", "")
    # With a parameter in the address it would be another operation; with a signature in a header IAM checks that one.
    _is_form.set(
        scope["method"] == "POST"
        and at_bucket
        and not scope["query_string"]
        and kind.startswith("multipart/form-data")
        and "authorization" not in headers
    )


def apply() -> None:
    """Let signed forms in. ministack took a form without a signature for one that needs none."""
    from ministack.core import iam_evaluator
    from ministack.services import s3

    def enforce_but_for_forms(access_key: str, action: str, service: str, *rest: Any, **others: Any) -> Any:
        if _is_form.get() and service == "s3" and not access_key:
            return None
        return enforce(access_key, action, service, *rest, **others)

    def parse_multipart_form(content_type: str, body: bytes) -> Any:
        return [
            (name, filename and file_name(filename), headers, value)
            for name, filename, headers, value in parse(content_type, body)
        ]

    def enforce_signed_post_policy(fields: dict[str, Any], *rest: Any) -> Any:
        # ministack passes over the checksums that S3 holds an upload against.
        return check_policy(fields, *rest) or s3._resolve_object_checksums(_file.get(), fields)[1]

    def post_signed_object(bucket: str, body: bytes, headers: dict[str, str]) -> Any:
        parts = parse_multipart_form(headers.get("content-type", ""), body)
        if parts and not _SIGNATURES & {name.lower() for name, *_ in parts}:
            return s3._error("AccessDenied", "Access Denied", 403)
        _file.set(next((value for name, _, _, value in parts if name == "file"), b""))
        status, answered, answer = post_object(bucket, body, headers)
        host = headers.get("host", "")
        here = f"http://{host}/" if host.startswith(f"{bucket}.") else f"http://{host}/{bucket}/"
        there = f"http://{bucket}.s3.amazonaws.com/"
        if answered.get("Location", "").startswith(there):
            answered["Location"] = answered["Location"].replace(there, here, 1)
            answer = answer.replace(there.encode(), here.encode())
        return status, answered, answer

    enforce = replace(iam_evaluator, "enforce", enforce_but_for_forms, ENFORCE)
    parse = replace(s3, "_parse_multipart_form", parse_multipart_form, "(content_type, body)")
    post_object = replace(s3, "_post_object", post_signed_object, "(bucket_name, body, headers)")
    signature = "(fields, bucket_name, region, size, sigv4)"
    check_policy = replace(s3, "_enforce_signed_post_policy", enforce_signed_post_policy, signature)


def file_name(told: str) -> str:
    """The name of a form's file, of which ministack tells the bytes as Latin-1: of a path, S3 takes the last part."""
    with contextlib.suppress(UnicodeError):
        told = told.encode("latin-1").decode()
    return re.split(r"[/\\]", told)[-1]
