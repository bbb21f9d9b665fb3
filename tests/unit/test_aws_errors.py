import pytest
from botocore.exceptions import ClientError

from functions.aws_errors import code_of, is_bucket_missing, is_busy, is_condition_failed, is_not_found, message_of


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words"}}, "Operation")


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("404", is_not_found),
        ("NoSuchKey", is_not_found),
        ("ResourceNotFoundException", is_not_found),
        ("NoSuchEntity", is_not_found),
        ("NoSuchBucket", is_bucket_missing),
        ("ConditionalCheckFailedException", is_condition_failed),
        ("ThrottlingException", is_busy),
        ("AccessDenied", None),
    ],
)
def test_exactly_one_check_knows_each_error(code: str, holds: object) -> None:
    checks = (is_not_found, is_bucket_missing, is_condition_failed, is_busy)
    assert [check for check in checks if check(error(code))] == ([holds] if holds else [])
    assert (code_of(error(code)), message_of(error(code))) == (code, "words")


def test_an_error_without_a_code_is_not_one_of_them() -> None:
    bare = ClientError({}, "Operation")
    assert (code_of(bare), message_of(bare), is_not_found(bare)) == ("", "", False)
