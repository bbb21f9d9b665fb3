"""Letting people in at /owner/: what strangers, friends, members and guests then see, whatever the page says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from running import GATE_SECONDS, RunningStack, until
from support import jpeg

from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link

SET = "2026_ours"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", autouse=True)
def own_set(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A set of its own; afterwards the site's own files are back, which go when a set is made private."""
    folder = tmp_path_factory.mktemp("letting_in") / SET
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.jpg").write_bytes(jpeg(color=(40, 90 * number, 200)))
    stack.kinpics("upload", str(folder), "--no-build")
    yield
    stack.kinpics("event", SET, "--close", check=False)
    stack.kinpics("delete", SET, "--yes", check=False)
    stack.kinpics("publish")


@pytest.fixture
def visit(browser: Browser, stack: RunningStack) -> Iterator[Callable[[str], Page]]:
    """Opens an address in a browser that nobody has used before."""
    opened = []

    def open_page(address: str) -> Page:
        context = browser.new_context(base_url=stack.site_url, service_workers="block")
        opened.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def owner(page: Page, stack: RunningStack) -> Page:
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.set_default_timeout(40_000)
    page.goto(link)
    expect(page.locator("#address")).to_have_text("owner@localhost")
    return page


def look_after(owner: Page, section: str) -> Locator:
    """A part of the album's page in the owner's place, opened."""
    owner.goto(f"/owner/?set={SET}")
    part = owner.locator("details", has=owner.get_by_text(section, exact=True))
    part.locator("summary").click()
    return part


def change_audience(owner: Page, audience: str) -> Locator:
    part = look_after(owner, "Who may see this album")
    part.get_by_role("button", name="Change who may see it…").click()
    owner.get_by_role("combobox", name="Audience").select_option(audience)
    owner.get_by_role("button", name="Change it").click()
    expect(owner.locator(".saved")).to_contain_text("Done.", timeout=60_000)
    return part


def sees(page: Page, count: int) -> None:
    """Wait until a visitor sees so many photos of the album, and the pictures too.

    Asked past what the browser keeps, and with its cookies: an open page may be coming anew just now.
    """
    until(lambda: page.request.get(f"/thumbnails/photos/{SET}/0.jpg").ok == bool(count), GATE_SECONDS)
    page.goto(f"/sets/{SET}/")
    expect(page.locator("#grid a.tile")).to_have_count(count)


def invite(owner: Page, mail: str, *sets: str) -> str:
    """Invite somebody with the keyboard alone; their temporary password."""
    owner.goto("/owner/")
    button = owner.get_by_role("button", name="Invite somebody…")
    button.focus()
    owner.keyboard.press("Enter")
    owner.keyboard.type(mail)
    if sets:
        owner.keyboard.press("Tab")
        owner.keyboard.press("Space")
        owner.keyboard.press("Enter")
        assert owner.evaluate("document.querySelector('dialog input:invalid').validationMessage") == (
            "Choose at least one album, or all of them."
        )
    for name in sets:
        owner.get_by_role("checkbox", name=name).check()
    owner.keyboard.press("Enter")
    password = owner.get_by_role("textbox", name="Temporary password")
    found = password.input_value()
    password.press("Enter")
    expect(button).to_be_focused()
    return found


def sign_in(page: Page, mail: str, temporary: str) -> None:
    page.locator("input[name=email]:visible").fill(mail)
    page.locator("input[name=password]:visible").fill(temporary)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Choose a password").wait_for()
    page.locator("input[name=password]:visible").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()


def remove(owner: Page, mail: str) -> None:
    owner.goto("/owner/")
    owner.get_by_role("button", name=f"Remove {mail}").click()
    owner.get_by_role("button", name="Remove", exact=True).click()
    expect(owner.locator(".saved")).to_contain_text("Removed")
    expect(owner.get_by_role("button", name=f"Remove {mail}")).to_have_count(0)


def test_an_album_is_seen_by_those_the_owner_chose(owner: Page, visit: Callable[[str], Page], faults: Any) -> None:
    stranger = visit(f"/sets/{SET}/")
    sees(stranger, 2)

    access = change_audience(owner, "link")
    secret = access.get_by_role("textbox", name="Secret link")
    friend = visit(secret.input_value())
    sees(friend, 2)
    sees(stranger, 0)
    access.get_by_role("button", name="New link…").click()
    owner.get_by_role("button", name="Make a new link").click()
    expect(owner.locator(".saved")).to_contain_text("Only the new link works now.")
    sees(friend, 0)
    friend.wait_for_load_state("networkidle")  # a page that is closed to its visitor may lead elsewhere by itself
    friend.goto(secret.input_value())
    sees(friend, 2)
    owner.reload()
    shown = "[...document.querySelectorAll('.own-tile img')].filter((one) => one.naturalWidth).length"
    for _ in range(40):
        if owner.evaluate(shown) == 2:
            break
        owner.wait_for_timeout(250)
    assert owner.evaluate(shown) == 2, "the owner sees what others don't"

    change_audience(owner, "members")
    sees(friend, 0)
    # Nobody has published since: members come in all the same.
    member = visit("/account/")
    sign_in(member, "ann@example.org", invite(owner, "ann@example.org", "2026 ours"))
    expect(member.locator("#address")).to_have_text("ann@example.org")
    sees(member, 2)
    member.goto("/")
    expect(member.locator(f'#sets [data-set="{SET}"]')).to_be_visible()
    owner.goto("/owner/")
    expect(owner.get_by_text("Run `kinpics publish` on your computer")).to_be_visible()
    remove(owner, "ann@example.org")
    sees(member, 0)

    change_audience(owner, "inherited")
    sees(stranger, 2)
    faults.seen = [seen for seen in faults.seen if "404" not in seen]


def test_an_event_has_guests_a_helper_and_an_end(owner: Page, visit: Callable[[str], Page], faults: Any) -> None:
    temporary = invite(owner, "ben@example.org")
    guests = look_after(owner, "Guests")
    guests.get_by_role("button", name="Open it to guests…").click()
    owner.get_by_role("textbox", name="Title for guests").fill("Ben's party")
    owner.get_by_role("button", name="Open it", exact=True).click()
    expect(guests).to_contain_text("Open to guests.")
    guests.get_by_role("button", name="Helpers…").click()
    owner.get_by_role("checkbox", name="ben@example.org").check()
    owner.get_by_role("button", name="Save").click()
    expect(guests).to_contain_text("Helpers: ben@example.org")
    expect(guests.get_by_role("button", name="Helpers…")).to_be_focused()

    guest = visit(guests.get_by_role("textbox", name="For guests").input_value())
    expect(guest.get_by_role("heading", name="Ben's party")).to_be_visible()
    sent = [{"name": "cake.jpg", "mimeType": "image/jpeg", "buffer": jpeg(color=(10, 20, 30))}]
    guest.locator("#files").set_input_files(sent)
    expect(guest.locator("#sent-files > li")).to_have_attribute("data-state", "waiting", timeout=90_000)

    # The helper's link is opened before signing in, and leads on afterwards.
    helper = visit(guests.get_by_role("textbox", name="For helpers, who sign in").input_value())
    helper.get_by_role("link", name="Sign in").click()
    sign_in(helper, "ben@example.org", temporary)
    helper.get_by_role("heading", name="Waiting photos").wait_for()
    expect(helper.locator(".desk img")).to_have_count(1)
    helper.keyboard.press("y")
    expect(guest.locator("#sent-files > li")).to_have_attribute("data-state", "shown", timeout=90_000)
    sees(visit("/"), 3)

    guests.get_by_role("button", name="Close now…").click()
    owner.get_by_role("button", name="Close it").click()
    expect(guests).to_contain_text("Closed since")
    guest.reload()
    expect(guest.get_by_text("This event takes no more photos.")).to_be_visible()
    remove(owner, "ben@example.org")
    helper.reload()
    expect(helper.get_by_role("heading", name="Only the owner and helpers can use this page")).to_be_visible()
    faults.seen = [seen for seen in faults.seen if "404" not in seen]
