"""Adding photos from a browser: as the owner, as a member who may, and as somebody who may not."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect
from running import RunningStack

from functions.access.access_rows import MemberRow
from functions.access.access_table import AccessTable
from functions.access.passes import member_id
from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link

SET = "2026_browser"
PASSWORD = "correct horse battery"


def draw(folder: Path, name: str, shade: int) -> Path:
    path = folder / name
    Image.radial_gradient("L").rotate(shade).resize((640 + shade, 480)).save(path, quality=95)
    return path


@pytest.fixture(scope="module")
def album(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An album that had one photo at first, by its folder."""
    folder = tmp_path_factory.mktemp("uploading") / SET
    folder.mkdir()
    draw(folder, "there.jpg", 1)
    stack.kinpics("upload", str(folder))
    yield folder
    stack.wait_for_queue("ProcessQueue")
    stack.kinpics("delete", SET, "--yes", "--for-good")


@pytest.fixture
def owner(page: Page, stack: RunningStack) -> Page:
    """A page of the owner, signed in by the link."""
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.goto(link)
    expect(page.locator("#address")).to_have_text("owner@localhost")
    return page


def test_the_owner_adds_photos_over_a_bad_connection(
    stack: RunningStack, owner: Page, album: Path, tmp_path: Path, faults
) -> None:
    files = [album / "there.jpg", *(draw(tmp_path, f"new{number}.jpg", 10 + number) for number in range(3))]
    (notes := tmp_path / "notes.jpg").write_text("this is no photo")
    lost = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.abort() if len(lost) <= 3 else route.continue_()

    owner.route(f"**/{stack.outputs['IncomingBucket']}", lose)
    owner.get_by_role("link", name="Add photos").click()
    owner.locator("#album").select_option(SET)
    assert Axe().run(owner).response["violations"] == []
    owner.locator("#files").set_input_files([*files, notes])
    expect(owner.locator("#connection")).to_contain_text("The connection is lost")
    expect(owner.locator("#connection")).to_have_text("")
    expect(owner.locator("#summary")).to_contain_text("4 of 5 photos · 1 failed", timeout=60_000)
    rows = owner.locator(".sent-file")
    expect(rows.filter(has_text="there.jpg")).to_contain_text("Already there.")
    expect(rows.filter(has_text="notes.jpg")).to_contain_text("This isn't a photo, whatever its name says.")
    expect(rows.filter(has_text="notes.jpg").get_by_role("button")).to_be_hidden()
    assert len(lost) == 6, "each was sent again"
    expect(rows.filter(has_text="new0.jpg")).to_contain_text("Sent.")
    expect(owner.get_by_role("button", name="Cancel")).to_be_hidden()
    assert Axe().run(owner).response["violations"] == []
    stack.wait_for_queue("ProcessQueue")
    owner.get_by_role("link", name="See the album").click()
    expect(owner.locator("[data-file='new2.jpg']")).to_be_visible()
    s3 = stack.client("s3")
    stored = s3.get_object(Bucket=stack.outputs["PicsBucket"], Key=f"photos/{SET}/new1.jpg")["Body"].read()
    assert stored == files[2].read_bytes(), "the original is kept"
    faults.seen.clear()  # the lost connection


def test_a_page_that_was_closed_goes_on(stack: RunningStack, owner: Page, album: Path, tmp_path: Path, faults) -> None:
    files = [draw(tmp_path, f"late{number}.jpg", 20 + number) for number in range(3)]
    hung = f"**/{stack.outputs['IncomingBucket']}"
    owner.route(hung, lambda route: None)
    owner.goto("/upload/")
    owner.locator("#album").select_option(SET)
    owner.locator("#files").set_input_files(files)
    expect(owner.locator(".sent-file[data-state=sending]")).to_have_count(3)
    owner.on("dialog", lambda dialog: dialog.accept())  # whether to leave
    owner.unroute(hung)
    owner.reload()
    expect(owner.locator("#summary")).to_contain_text("3 of 3 photos · All there.", timeout=60_000)
    owner.reload()
    expect(owner.locator("#album")).to_be_visible()
    expect(owner.locator("#sending")).to_be_hidden()
    faults.seen.clear()  # what was cut off


def test_a_new_album_begins_with_its_first_photo(stack: RunningStack, owner: Page, tmp_path: Path) -> None:
    owner.goto("/upload/")
    owner.locator("#album").select_option(label="A new album…")
    name = owner.get_by_label("Name of the new album")
    name.fill("../x")
    owner.locator("#files").set_input_files([draw(tmp_path, "a.jpg", 30)])
    assert "can't begin with a dot" in name.evaluate("field => field.validationMessage")
    name.fill("2026 new")
    owner.locator("#files").set_input_files([draw(tmp_path, "a.jpg", 30)])
    expect(owner.locator("#summary")).to_contain_text("All there.", timeout=60_000)
    stack.wait_for_queue("ProcessQueue")
    row = {"primarykey": "/", "sortkey": "2026 new"}
    assert stack.table("PicsTable").get_item(Key=row)["Item"]["pic_count"] == 1
    stack.kinpics("delete", "2026 new", "--yes", "--for-good")


def sign_in(stack: RunningStack, page: Page) -> str:
    """Sign in as a new member; the member's id."""
    email, pool = f"{uuid.uuid4()}@example.com", stack.outputs["UserPool"]
    cognito = stack.client("cognito-idp")
    made = cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")["User"]
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    page.goto("/account/")
    page.locator("input[name=email]:visible").fill(email)
    page.locator("input[name=password]:visible").fill(PASSWORD)
    page.locator("form:visible").get_by_role("button", name="Sign in").click()
    expect(page.locator("#address")).to_have_text(email)
    (sub,) = [entry["Value"] for entry in made["Attributes"] if entry["Name"] == "sub"]
    return member_id(sub)


def test_a_contributor_adds_to_the_albums_that_are_open(
    stack: RunningStack, phone: Page, album: Path, tmp_path: Path
) -> None:
    member = sign_in(stack, phone)
    access = AccessTable(stack.table("AccessTable").meta.client, stack.outputs["AccessTable"])
    access.put_member(MemberRow(id=member, sets=[SET], may_add=True))
    phone.goto("/upload/")
    expect(phone.locator("#album option")).to_have_text(["2026 browser"])
    phone.locator("#files").set_input_files([draw(tmp_path, "mine.jpg", 40)])
    expect(phone.locator("#summary")).to_contain_text("1 of 1 photos · All there.", timeout=60_000)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(phone).response["violations"] == []
    access.remove_member(member)


def test_others_are_told_what_to_do(stack: RunningStack, page: Page, faults) -> None:
    page.goto("/upload/")
    expect(page.get_by_role("heading", name="Sign in first")).to_be_visible()
    sign_in(stack, page)
    page.goto("/upload/")
    expect(page.get_by_role("heading", name="You can't add photos yet")).to_be_visible()
    expect(page.locator("#choosing")).to_be_hidden()
    faults.seen.clear()
