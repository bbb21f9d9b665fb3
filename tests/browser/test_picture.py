"""A visitor's picture before the search: taken or chosen, checked, and cut to the chosen face."""

import base64
import io
import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageEnhance, ImageFilter
from playwright.sync_api import Page, Request, expect
from steps import choose, let_pass, sent, watch_searches
from support import jpeg

MAX_SENT_BYTES = 200_000


def picture_in(request: Request) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(sent(request)["image"])))


DROP = """([type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "me.jpg", { type: "image/jpeg" }));
    const options = { bubbles: true, cancelable: true };
    const event = type === "drop" ? new DragEvent(type, { ...options, dataTransfer: data })
        : new ClipboardEvent(type, { ...options, clipboardData: data });
    document.getElementById("main").dispatchEvent(event);
}"""


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted_after_consent(page: Page, face: Path, way: str) -> None:
    sent_bodies: list[str] = []
    page.on("request", lambda request: sent_bodies.append(request.post_data or ""))
    page.goto("/selfie/")
    expect(page.get_by_label("I agree")).to_be_enabled()
    picture = base64.b64encode(face.read_bytes()).decode()
    page.evaluate(DROP, [way, picture])
    page.wait_for_load_state("networkidle")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.get_by_label("I agree")).to_be_focused()
    assert not any("image" in body for body in sent_bodies), "nothing is sent without consent"
    page.get_by_label("I agree").check()
    page.evaluate(DROP, [way, picture])
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    (whole,) = [body for body in sent_bodies if "image" in body]
    part = json.loads(whole)["image"][1000:1100]
    assert sum(part in body for body in sent_bodies) == 1, "it is in the one call that searches and in no other"


def test_a_file_that_isnt_a_picture_is_refused(page: Page, tmp_path: Path, demo_folders: list[Path]) -> None:
    calls = watch_searches(page)
    text = tmp_path / "text.jpg"
    text.write_text("no image")
    (heic,) = (path for folder in demo_folders for path in folder.glob("*.heic"))
    page.goto("/selfie/")
    for file in (text, heic):
        choose(page, file)
        expect(page.get_by_role("alert")).to_contain_text("can't open this file as a picture")
    assert not calls, "nothing was sent"


def test_a_picture_without_a_face_is_sent_only_on_request(page: Page, tmp_path: Path) -> None:
    calls = watch_searches(page)
    (tmp_path / "plain.jpg").write_bytes(jpeg(size=(900, 450)))
    page.goto("/selfie/")
    choose(page, tmp_path / "plain.jpg")
    expect(page.get_by_role("alert")).to_contain_text("There doesn't seem to be a face")
    assert not calls, "nothing was sent"
    page.get_by_role("button", name="Search with the whole picture").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("There doesn't seem to be a face")
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda image: ImageEnhance.Brightness(image).enhance(0.25), "too dark"),
        (lambda image: image.filter(ImageFilter.GaussianBlur(image.width / 150)), "too blurry"),
        (lambda image: image.resize((130, 130 * image.height // image.width)), "too small"),
    ],
)
def test_a_poor_picture_of_a_face_is_refused_with_the_reason(
    page: Page, tmp_path: Path, face: Path, spoil, told: str
) -> None:
    calls = watch_searches(page)
    spoil(Image.open(face).convert("RGB")).save(tmp_path / "poor.jpg", quality=95)
    page.goto("/selfie/")
    choose(page, tmp_path / "poor.jpg")
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("button", name="Search anyway")).to_be_visible()
    assert not calls, "nothing was sent"


def test_a_visitor_chooses_one_of_several_faces(page: Page, demo_folders: list[Path]) -> None:
    calls = watch_searches(page)
    (folder,) = [folder for folder in demo_folders if folder.name == "2015_pioneers"]
    page.goto("/selfie/")
    choose(page, folder / "group.jpg")
    expect(page.get_by_role("status")).to_contain_text("faces in this picture. Choose one")
    faces = page.get_by_role("group", name="Faces in this picture").get_by_role("button")
    count = faces.count()
    assert count > 2
    expect(faces.first).to_be_focused()
    rings = faces.evaluate_all("(all) => all.map((ring) => ring.getBoundingClientRect())")
    assert all(abs(ring["width"] - ring["height"]) < 1 for ring in rings), "circles"
    assert Axe().run(page).violations_count == 0
    assert not calls, "nothing was sent"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("best match first")
    first = page.locator("a.tile").first.get_attribute("data-key")
    assert first == "2015_pioneers/group.jpg"
    expect(faces).to_have_count(count)
    faces.last.click()
    expect(faces.last).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_contain_text("best match first")
    assert len(calls) == 2
    one, other = (picture_in(call) for call in calls)
    assert one.tobytes() != other.tobytes()
    with Image.open(folder / "group.jpg") as whole:
        assert max(one.width, other.width) < whole.width / 2, "only the chosen face is sent"


def test_a_picture_of_40_megapixels_shrinks_on_the_device(page: Page, tmp_path: Path, face: Path) -> None:
    calls = watch_searches(page)
    image = Image.open(face).convert("RGB")
    huge = image.resize((5200, 5200 * image.height // image.width))
    assert huge.width * huge.height >= 40_000_000
    huge.save(tmp_path / "huge.jpg", quality=60)
    page.goto("/selfie/")
    choose(page, tmp_path / "huge.jpg")
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first", timeout=90_000)
    (call,) = calls
    assert len(call.post_data or "") <= MAX_SENT_BYTES
    assert max(picture_in(call).size) <= 1024
    assert not picture_in(call).getexif()


def test_a_picture_on_its_side_is_turned_upright(page: Page, demo_folders: list[Path]) -> None:
    calls = watch_searches(page)
    (turned,) = [path for folder in demo_folders for path in folder.iterdir() if path.name == "turned.jpg"]
    page.goto("/selfie/")
    choose(page, turned)
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    (call,) = calls
    assert "exif" not in picture_in(call).info


def test_a_search_can_be_tried_again_after_a_break(page: Page, face: Path, faults) -> None:
    page.goto("/selfie/")
    page.route("**/invocations", lambda route: route.abort())
    choose(page, face)
    expect(page.get_by_role("alert")).to_contain_text("Check your connection", timeout=20_000)
    page.unroute("**/invocations")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    faults.seen.clear()  # the calls that were cut off


def test_the_camera_takes_a_picture_after_a_countdown(camera_page: Page) -> None:
    page = camera_page
    calls = watch_searches(page)
    page.goto("/selfie/")
    expect(page.get_by_role("button", name="Use the camera")).to_be_disabled()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("button", name="Take the picture")).to_be_focused()
    assert page.locator("video").evaluate("(video) => getComputedStyle(video).transform").startswith("matrix(-1")
    page.keyboard.press("Enter")
    expect(page.locator("#countdown")).not_to_be_empty()
    expect(page.get_by_role("status")).to_contain_text("best match first")
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_alt_text("Your picture")).to_be_visible()
    assert page.evaluate("document.getElementById('video').srcObject") is None, "the camera is off"
    assert len(calls) == 1
    page.get_by_role("button", name="Take another picture").click()
    expect(page.locator("video")).to_be_visible()
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_role("button", name="Take another picture")).to_be_focused()
    expect(page.locator("a.tile").first).to_be_visible()


def test_the_camera_stays_off_for_visitors_who_no_longer_agree(camera_page: Page) -> None:
    page = camera_page
    page.add_init_script("""
        const { mediaDevices } = navigator;
        const ask = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (wanted) => {
            const stream = await ask(wanted);
            await new Promise((answer) => addEventListener("allow", answer, { once: true }));
            window.camera = stream;
            return stream;
        };
    """)
    page.goto("/selfie/")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_label("I agree").uncheck()
    while page.evaluate("window.camera === undefined"):
        page.evaluate("dispatchEvent(new Event('allow'))")
        page.wait_for_timeout(20)
    let_pass(page, 300)
    assert not page.evaluate("window.camera.active"), "the camera is off"
    expect(page.get_by_role("button", name="Use the camera")).to_be_disabled()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("NotAllowedError", "didn't let this page use the camera"),
        ("NotFoundError", "No camera found."),
        ("NotReadableError", "Another app may be using it"),
    ],
)
def test_without_a_camera_the_visitor_can_choose_a_picture(page: Page, face: Path, error: str, told: str) -> None:
    # As the browser rejects it: no test can refuse by hand, or hold the camera with another app.
    page.add_init_script(f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))")
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("alert")).to_contain_text("hoose a picture instead")
    choose(page, face)
    expect(page.locator("a.tile").first).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
