"""What commands say of addresses that are to be handed out, and of a laptop's site that they don't find."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import stack_outputs

from scripts.commands.options import note_reach
from scripts.common.stack import Stack, StackError, connect


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
    stack = stack_at(address)
    assert stack.is_here_alone is expected
    assert not replace(stack, home_url="https://laptop.local:8443").is_here_alone


def stack_at(address: str | None, home: str | None = None) -> Stack:
    return Stack("kinpics", "us-east-1", "CREATE_COMPLETE", stack_outputs(), {}, None, address, home)


def test_what_is_handed_out_has_the_home_networks_address() -> None:
    here, home = stack_at("http://localhost:8000"), stack_at("http://localhost:8000", "https://laptop.local:8443")
    assert here.shared_address("/l/x") == "http://localhost:8000/l/x"
    assert home.shared_address("/l/x") == "https://laptop.local:8443/l/x"
    assert home.site_address("/waiting/") == "http://localhost:8000/waiting/", "the owner needs no password here"
    assert stack_at(None).shared_address("/l/x") == stack_at(None).site_address("/l/x") == "/l/x"


@pytest.mark.parametrize(
    ("address", "home", "said"),
    [
        ("http://localhost:8000", None, "only this computer can open"),
        ("http://localhost:8000", "https://laptop.local:8443", "ask for the home network's password"),
        ("https://photos.example", None, ""),
    ],
)
def test_an_owner_is_told_who_can_open_what_is_handed_out(
    address: str, home: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    note_reach(stack_at(address, home))
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert bool(err) is bool(said)


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
