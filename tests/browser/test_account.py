"""Accounts: what the site keeps for a visitor, as a guest and as a member."""

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from botocore.exceptions import ClientError
from playwright.sync_api import BrowserContext, Page, expect
from running import RunningStack
from steps import choose, let_pass

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def portrait(stack: RunningStack, demo_folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    gallery = tmp_path_factory.mktemp("gallery")
    (folder,) = [folder for folder in demo_folders if folder.name == "2015_pioneers"]
    shutil.copy(folder / "hopper.jpg", gallery / "Grace_Hopper.jpg")
    stack.kinpics("gallery", "add", str(gallery), "--no-build")
    yield gallery / "Grace_Hopper.jpg"
    stack.kinpics("gallery", "remove", "Grace Hopper", "--yes")


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4()}@example.com"


@pytest.fixture
def device(context: BrowserContext, stack: RunningStack) -> Iterator[Page]:
    """Another browser."""
    other = context.browser.new_context(base_url=stack.site_url, service_workers="block")
    other.set_default_timeout(15_000)
    yield other.new_page()
    other.close()


def look_alike(page: Page, portrait: Path) -> None:
    page.goto("/lookalike/")
    choose(page, portrait)
    expect(page.locator("#last-status")).to_contain_text("saved for your next visit")


def code(stack: RunningStack, email: str) -> str:
    """The code in the latest email."""
    return re.findall(rf"Mail to {email}: .*?(\d{{6}})", stack.log.read_text())[-1]


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"input[name={name}]:visible").fill(value)


def sign_up(stack: RunningStack, page: Page, email: str) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Create an account").click()
    fill(page, email=email, password=PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("status")).to_contain_text("We've emailed a code")
    fill(page, code=code(stack, email))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text(f"You're signed in as {email}.")).to_be_visible()


def spoil(page: Page, name: str, changes: str) -> None:
    """Change what the browser stores under a name, while the page is at nothing that would store it again."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        f"""() => {{
            const kept = JSON.parse(localStorage.getItem("{name}"));
            localStorage.setItem("{name}", JSON.stringify({{ ...kept, ...{changes} }}));
        }}"""
    )


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/")
    fill(page, email=email, password=password)
    page.get_by_role("button", name="Sign in").click()


def test_a_guests_last_lookalike_stays_until_they_delete_it(
    stack: RunningStack, page: Page, device: Page, portrait: Path, matches: Any
) -> None:
    look_alike(page, portrait)
    page.reload()
    expect(page.locator("#last-status")).to_contain_text("you looked most like Grace Hopper")
    expect(page.locator("#last-people img")).to_have_count(1)
    device.goto("/lookalike/")
    device.wait_for_load_state("networkidle")
    expect(device.locator("#last-result")).to_be_hidden()
    (row,) = matches.scan()["Items"]
    assert set(row) == {"identity_id", "kind", "made_at", "expires_at", "people"}
    (person,) = row["people"]
    assert set(person) == {"person", "similarity", "portrait", "width", "height"}
    assert len(json.dumps(row, default=str)) < 1000, "no room for a picture"
    page.get_by_role("button", name="Delete my result").click()
    expect(page.locator("#last-people img")).to_have_count(0)
    assert matches.scan()["Items"] == []
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#last-result")).to_be_hidden()


def test_signing_in_brings_a_guests_lookalike_to_every_device(
    stack: RunningStack, page: Page, device: Page, portrait: Path, email: str, matches: Any
) -> None:
    look_alike(page, portrait)
    spoil(page, "kinpics.credentials", "{ expires: 0 }")  # as on the next day
    page.goto("/")
    page.get_by_role("link", name="My account").click()
    sign_up(stack, page, email)
    (row,) = matches.scan()["Items"]
    page.goto("/lookalike/")
    expect(page.locator("#last-status")).to_contain_text("you looked most like Grace Hopper")
    sign_in(device, email)
    expect(device.get_by_text("You're signed in as")).to_be_visible()
    device.goto("/lookalike/")
    expect(device.locator("#last-status")).to_contain_text("you looked most like Grace Hopper")
    assert matches.scan()["Items"] == [row], "the guest's row is gone, the member has one"

    page.goto("/account/")
    other = page.context.new_page()
    other.goto("/lookalike/")
    expect(other.locator("#last-status")).to_contain_text("you looked most like Grace Hopper")
    kept = page.evaluate("JSON.parse(localStorage.getItem('kinpics.session'))")
    keys = page.evaluate("JSON.parse(localStorage.getItem('kinpics.credentials'))")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("You're signed out.")
    page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'kinpics.credentials' }))")  # the other tab's
    let_pass(page, 300)
    expect(page.get_by_role("status")).to_have_text("You're signed out."), "the page that signed out stays as it is"
    left = page.evaluate("JSON.stringify(localStorage)")
    assert not [name for name in ("refreshToken", "idToken", "accessToken") if kept[name] in left]
    assert keys["secretAccessKey"] not in left
    expect(other.locator("#last-result")).to_be_hidden()
    other.close()
    with pytest.raises(ClientError):  # the user pool no longer knows the session
        stack.client("cognito-idp").initiate_auth(
            ClientId=stack.outputs["UserPoolClient"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": kept["refreshToken"]},
        )
    page.go_back()
    page.goto("/lookalike/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#last-result")).to_be_hidden()

    device.goto("/account/")
    device.get_by_role("button", name="Delete my account").click()
    device.get_by_role("button", name="Delete my account for good").click()
    expect(device.get_by_role("status")).to_contain_text("deleted your account")
    assert matches.scan()["Items"] == []
    sign_in(device, email)
    expect(device.get_by_role("alert").first).to_have_text("The email address or the password is wrong.")


def test_the_account_page_says_what_went_wrong(stack: RunningStack, page: Page, email: str, faults) -> None:
    fault = page.locator("#error")
    sign_in(page, email, "not my password at all")
    expect(fault).to_have_text("The email address or the password is wrong.")
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_label("New password").locator("visible=true")).to_be_visible()
    fill(page, email=email, password=PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("status")).to_contain_text("We've emailed a code")
    fill(page, code="999999")
    page.get_by_role("button", name="Confirm").click()
    expect(fault).to_contain_text("This code is wrong")
    assert Axe().run(page).violations_count == 0

    sign_in(page, email)  # before entering the code
    expect(page.get_by_role("status")).to_contain_text("Enter the code we just emailed you")
    fill(page, code=code(stack, email))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You're signed in as")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.get_by_role("button", name="Create an account").click()
    fill(page, email=email, password=PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(fault).to_contain_text("There's already an account with this address")

    page.get_by_role("button", name="I already have an account").click()
    page.get_by_role("button", name="I forgot my password").click()
    fill(page, email=email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("we've emailed you a code")
    fill(page, code=code(stack, email), password="another horse battery")
    page.get_by_role("button", name="Change my password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password has been changed")
    assert Axe().run(page).violations_count == 0
    faults.seen.clear()  # the refused sign-ins


def test_a_link_signs_in_the_owner_of_a_laptop_and_leaves_no_password(stack: RunningStack, page: Page, faults) -> None:
    link = stack.kinpics("owner").stdout.split()[1]
    assert link in stack.log.read_text()
    page.goto(link)
    expect(page.get_by_text("You're signed in as owner@localhost.")).to_be_visible()
    assert page.url == f"{stack.site_url}/account/"
    page.goto(f"{link}x")
    page.reload()  # the address alone changed
    expect(page.locator("#error")).to_contain_text("This link no longer works")
    assert "sign-in" not in page.url
    expect(page.get_by_text("You're signed in as owner@localhost.")).to_be_visible()  # a wrong link signs nobody out
    faults.seen.clear()  # the refused sign-in


def test_a_link_signs_nobody_in_to_another_account(stack: RunningStack, page: Page) -> None:
    """Whoever sent it could read what the visitor keeps there."""
    mail, password = "mallory@example.org", "a password of mine"
    cognito, pool = stack.client("cognito-idp"), stack.outputs["UserPool"]
    cognito.admin_create_user(UserPoolId=pool, Username=mail, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=mail, Password=password, Permanent=True)
    page.goto(f"{stack.site_url}/account/#sign-in={mail}:{password}")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("[data-panel=member]")).to_be_hidden()


def test_a_temporary_password_is_replaced_at_the_first_sign_in(stack: RunningStack, page: Page, email: str) -> None:
    told = stack.kinpics("owner", email).stdout
    assert "gets an email with a temporary password" in told
    temporary = "only for the first time"
    stack.client("cognito-idp").admin_set_user_password(
        UserPoolId=stack.outputs["UserPool"], Username=email, Password=temporary, Permanent=False
    )
    sign_in(page, email, temporary)
    expect(page.get_by_role("status")).to_have_text("A temporary password works only once.")
    assert Axe().run(page).violations_count == 0
    fill(page, password=PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_text(f"You're signed in as {email}.")).to_be_visible()
    assert email in stack.kinpics("owner").stdout
    stack.kinpics("owner", email, "--remove")
    assert email not in stack.kinpics("owner").stdout
    assert stack.kinpics("owner", email, "--remove", check=False).returncode == 1


@pytest.mark.parametrize("changes", ['{ refreshToken: "x", expires: 0 }', '{ idToken: "x.x.x" }'])
def test_after_a_session_ends_the_visitor_continues_as_a_guest(
    stack: RunningStack, page: Page, portrait: Path, email: str, faults, changes: str
) -> None:
    sign_up(stack, page, email)
    spoil(page, "kinpics.session", changes)
    spoil(page, "kinpics.credentials", "{ expires: 0 }")
    look_alike(page, portrait)
    assert page.evaluate("localStorage.getItem('kinpics.session')") is None
    page.get_by_role("button", name="Delete my result").click()
    page.goto("/account/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    faults.seen.clear()  # the refused session


def test_a_removal_request_moves_to_the_visitors_new_account(
    stack: RunningStack, phone: Page, face: Path, email: str
) -> None:
    requests = stack.table("RequestsTable")
    phone.goto("/selfie/")
    choose(phone, face)
    expect(phone.get_by_role("status")).to_have_text("7 photos, best match first")
    phone.get_by_text("This is me: remove my face from search").click()
    phone.get_by_label("Message to the owner").fill("That was my birthday.")
    phone.get_by_role("button", name="Ask the owner to remove my face").click()
    expect(phone.get_by_text("You've asked the owner to remove your face from search.")).to_be_visible()
    expect(phone.get_by_role("button", name="Cancel my request")).to_be_focused()
    (row,) = requests.scan()["Items"]
    assert row["message"] == "That was my birthday."
    assert len(set(row["face_ids"])) == 7
    phone.reload()
    expect(phone.get_by_text("you asked the owner to remove your face from search")).to_be_visible()
    assert Axe().run(phone).violations_count == 0
    sign_up(stack, phone, email)
    (moved,) = requests.scan()["Items"]
    assert moved["identity_id"] != row["identity_id"]
    assert (moved["face_ids"], moved["message"]) == (row["face_ids"], row["message"])
    phone.goto("/selfie/")
    phone.get_by_role("button", name="Cancel my request").click()
    expect(phone.locator("#removal-request")).to_be_hidden()
    assert requests.scan()["Items"] == []
