"""What commands say of addresses that are to be handed out, and of a laptop's site that they don't find."""

from pathlib import Path

import pytest

from scripts.commands.events import is_only_here
from scripts.common.stack import StackError, connect


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("https://photos.example", False),
        ("https://localhost.example", False),
        (None, False),
    ],
)
def test_an_address_of_this_computer_alone_is_known(address: str | None, expected: bool) -> None:
    assert is_only_here(address) is expected


def test_who_names_no_data_folder_is_told_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(StackError, match=r"--data FOLDER") as refused:
        connect("kinpics", tmp_path)
    assert str(tmp_path) in str(refused.value)
