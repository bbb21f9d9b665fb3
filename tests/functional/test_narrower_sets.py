"""Sets that are for fewer people than the site is: only their own files know of them."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from support import BLUE, GREEN, RED, FakeAws, LambdaContext, kept, picture, site_stack

from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.edge_entries import entries
from functions.access.moving import AudienceBusyError, AudienceChanges
from functions.dates import timestamp
from functions.keys import ImagePath
from functions.manage.audience_moves import AudienceMoves
from functions.people import handler as handler_module
from functions.photo_page import SKELETON_KEY
from functions.photo_rows import SETS_PARTITION
from functions.public_lists import PEOPLE_KEY
from functions.withdrawn_site import WITHDRAWN_KEY, NoWithdrawnSiteError, SiteBucket
from scripts.common.config import load_config
from scripts.deployment import publish as publish_module
from scripts.deployment.publish import build_and_publish
from scripts.deployment.publish_record import RECORD_KEY

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient

LONG_AGO = datetime.now(UTC) - timedelta(days=1)
MOMENTS = (timestamp(LONG_AGO + timedelta(seconds=second)) for second in itertools.count())
OPEN, SECRET = "2024_fair", "2025_hidden_party"
# Whatever is said of the narrower set, and of nothing else.
WORDS = ("hidden_party", "Clandestine", "whispered", "Midnight", "quiet.png", "Zoe", "zoe")
# Sets that site-wide files leave out, by who may see the album and the set.
NARROWER = [(PUBLIC, LINK), (LINK, MEMBERS), (LINK, LINK)]


def add_photos(aws: FakeAws) -> None:
    """Two sets: Ann is in both, Zoe in one alone, and so is somebody without a name."""
    with answered_by(aws):
        put(aws, OPEN, "a.png", picture(RED))
        put(aws, SECRET, "quiet.png", picture(RED, GREEN))
        put(aws, SECRET, "quiet.png.png", picture(GREEN, BLUE))
        aws.writer.describe_set(SECRET, {"title": "Clandestine", "description": "whispered"}, next(MOMENTS))
        words = {"title": "Midnight", "caption": "whispered", "keywords": ["whispered"]}
        for file in ("quiet.png", "quiet.png.png"):
            aws.writer.reword_photo(ImagePath(SECRET, file), words, next(MOMENTS))
        deliver(aws)
        name(f"{OPEN}/a.png", 0, "Ann")
        name(f"{SECRET}/quiet.png", 1, "Zoe")
        deliver(aws)


def publish_photos(aws: FakeAws) -> None:
    """The same, and their site."""
    add_photos(aws)
    build_and_publish(site_stack(aws))


@contextlib.contextmanager
def answered_by(aws: FakeAws) -> Iterator[None]:
    """The people function works on these tables and buckets."""
    people = aws.people
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler_module, "_people", lambda: people)
        yield


@pytest.fixture
def stack(aws: FakeAws) -> Iterator[Any]:
    """A site that isn't published yet."""
    yield from stack_with(aws, add_photos)


@pytest.fixture
def published(aws: FakeAws) -> Iterator[Any]:
    """A site that is published, for everybody."""
    yield from stack_with(aws, publish_photos)


def stack_with(aws: FakeAws, make: Callable[[FakeAws], None]) -> Iterator[Any]:
    kept(make)(aws)
    with answered_by(aws):
        yield site_stack(aws)


@pytest.fixture(autouse=True)
def _told_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner who tells search engines and other websites."""
    config = replace(
        load_config(), language="en", search_engines=True, link_previews=True, embed_on=("https://club.example",)
    )
    build = publish_module.build
    monkeypatch.setattr(publish_module, "build", lambda *a, **more: build(*a, **more, config=config))


def put(aws: FakeAws, set_name: str, file: str, body: bytes) -> None:
    path = ImagePath(set_name, file)
    aws.put(path.key, body)
    aws.photo_sync.sync(aws.pics_bucket, path, owner="message", seconds=60)


def deliver(aws: FakeAws) -> None:
    while messages := aws.sqs.receive_message(QueueUrl=aws.people_queue_url, MaxNumberOfMessages=10).get("Messages"):
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
        assert handler_module.handler({"Records": records}, LambdaContext()) == {"batchItemFailures": []}
        for message in messages:
            aws.sqs.delete_message(QueueUrl=aws.people_queue_url, ReceiptHandle=message["ReceiptHandle"])


def call(action: str, **fields: Any) -> Any:
    answer = handler_module.handler({"action": action, "by": "ann@example.org", **fields}, LambdaContext())
    assert answer["statusCode"] == 200, answer
    return answer["output"]


def name(path: str, number: int, who: str) -> None:
    face = call("photo", path=path)["faces"][number]
    face = {part: face[part] for part in ("path", "box", "face")}
    drafts = [{"kind": "name", "person": "new", "name": who}, {"kind": "assign", "person": "new", "faces": [face]}]
    call("decide", events=drafts)


def give_audience(aws: FakeAws, stack: Any, album: str, of_set: str | None) -> None:
    """Give the album and the second set their audiences, and make everything follow."""
    changes = AudienceChanges(aws.tables(), sleep=lambda _: None)
    changes.change(ALBUM, album)
    changes.change(SECRET, of_set)
    # Whoever keeps what they know for a moment looks again.
    aws.now += 60
    stack.photos = aws.photos
    assert call("round") == {"shown": True}
    build_and_publish(stack)


def files_of(aws: FakeAws) -> dict[str, bytes]:
    return {key: body for key, body in aws.files(aws.site_bucket).items() if key not in (RECORD_KEY, SKELETON_KEY)}


def site_wide(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files that aren't judged as the narrower set's."""
    return {key: body for key, body in files.items() if not key.startswith(f"sets/{SECRET}/")}


@pytest.mark.parametrize(("album", "of_set"), NARROWER)
def test_only_its_own_files_know_of_a_narrower_set(aws: FakeAws, published: Any, album: str, of_set: str) -> None:
    before = site_wide(files_of(aws))
    told = {word for word in WORDS if any(word.encode() in body or word in key for key, body in before.items())}
    assert told == set(WORDS), "as long as it is everywhere, the site's own files tell all of it"
    give_audience(aws, published, album, of_set)
    files = files_of(aws)
    for key, body in site_wide(files).items():
        assert not any(word.encode() in body or word in key for word in WORDS), key
    own = {key.removeprefix(f"sets/{SECRET}/") for key in files if key.startswith(f"sets/{SECRET}/")}
    assert {"index.html", "all/index.html", "people.json", "feed.xml"} <= own
    assert not {"sitemap.xml", "embed/index.html"} & own
    assert b"Clandestine" in files[f"sets/{SECRET}/index.html"]
    assert b'content="noindex"' in files[f"sets/{SECRET}/index.html"]
    assert b"og:image" not in files[f"sets/{SECRET}/index.html"]


class FakeCloudFront:
    """Remembers what it is to forget."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()

    def create_invalidation(self, **call: Any) -> None:
        assert call["DistributionId"] == "D1"
        self.forgotten |= set(call["InvalidationBatch"]["Paths"]["Items"])


@pytest.fixture
def cloudfront() -> FakeCloudFront:
    return FakeCloudFront()


@pytest.fixture
def moves(aws: FakeAws, cloudfront: FakeCloudFront) -> AudienceMoves:
    """As the owner's pages change audiences."""

    def later(seconds: float) -> None:
        aws.now += seconds

    site = SiteBucket(aws.s3, aws.site_bucket, cast("CloudFrontClient", cloudfront), "D1")
    return AudienceMoves(aws.photos, site, lambda: bool(call("round")["shown"]), later)


def told_by(files: dict[str, bytes]) -> set[str]:
    """The words of the narrower set that site-wide files tell."""
    return {word for word in WORDS for key, body in site_wide(files).items() if word.encode() in body or word in key}


@pytest.mark.parametrize(("album", "of_set"), NARROWER)
def test_made_private_from_the_pages_a_set_is_in_no_file_of_the_site_before_the_next_publish(
    aws: FakeAws, published: Any, moves: AudienceMoves, cloudfront: FakeCloudFront, album: str, of_set: str
) -> None:
    moves.change(ALBUM, album)
    assert told_by(files_of(aws)) == set(WORDS), "whoever may see the album may see all of its sets"
    assert moves.change(SECRET, of_set)
    files = files_of(aws)
    assert told_by(files) == set()
    assert b"2024" not in files["index.html"], "no set stands there, so none is missing"
    for page in ("index.html", "account/index.html", "404.html"):
        assert b'"hasPrivate": true' in files[page], "or members who sign in wouldn't come in"
    assert b"Ann" in files[PEOPLE_KEY]
    assert {"/", "/index.*", "/feed.xml", "/people/*", "/search/*"} <= cloudfront.forgotten
    published.photos = aws.photos
    build_and_publish(published)
    again = files_of(aws)
    assert told_by(again) == set()
    assert OPEN.encode() in again["index.html"]


def test_who_sees_a_set_in_another_way_changes_no_file_of_the_site(
    aws: FakeAws, published: Any, moves: AudienceMoves
) -> None:
    before = files_of(aws)
    moves.change(ALBUM, MEMBERS)
    moves.change(SECRET, LINK)
    assert site_wide(files_of(aws)) == site_wide(before), "in an album for members, whoever has a set's link is fewer"


def test_a_change_that_stops_before_people_are_shown_anew_stays_closed_and_goes_on(
    aws: FakeAws, published: Any, moves: AudienceMoves
) -> None:
    with pytest.raises(AudienceBusyError, match="goes on soon"):
        replace(moves, make_round=lambda: False).change(SECRET, MEMBERS)
    assert entries(aws.access.read_all())[f"set:{SECRET}"] == MEMBERS, "the edge refuses it already"
    assert moves.progress() == [{"set": SECRET, "photos": 2, "left": 0}]
    moves.finish()
    assert moves.progress() == []
    assert told_by(files_of(aws)) == set()


def test_a_publish_that_began_before_starts_again(
    aws: FakeAws, published: Any, moves: AudienceMoves, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, ran = publish_module.publish, []

    def publish_late(*args: Any) -> int:
        if not ran:
            ran.append(moves.change(SECRET, MEMBERS))
        return real(*args)

    monkeypatch.setattr(publish_module, "publish", publish_late)
    published.photos = aws.photos
    build_and_publish(published)
    assert told_by(files_of(aws)) == set()


def test_nothing_begins_on_a_site_that_cannot_be_withdrawn(aws: FakeAws, published: Any, moves: AudienceMoves) -> None:
    aws.s3.delete_object(Bucket=aws.site_bucket, Key=WITHDRAWN_KEY)
    with pytest.raises(NoWithdrawnSiteError, match="kinpics publish"):
        moves.change(SECRET, MEMBERS)
    assert aws.access.read_access().sets == {}


@pytest.mark.parametrize(("album", "of_set"), [(LINK, None), (LINK, PUBLIC), (MEMBERS, LINK)])
def test_a_set_is_everywhere_that_all_may_see_who_see_the_site(
    aws: FakeAws, stack: Any, album: str, of_set: str | None
) -> None:
    give_audience(aws, stack, album, of_set)
    files = site_wide(files_of(aws))
    assert b"Clandestine" in files["index.html"]
    assert b"Zoe" in files[PEOPLE_KEY]
    assert "people/zoe/photos.json" in files


def test_people_have_the_photos_alone_that_the_site_shows(aws: FakeAws, stack: Any) -> None:
    give_audience(aws, stack, PUBLIC, LINK)
    files = files_of(aws)
    (ann,) = json.loads(files[PEOPLE_KEY])["people"]
    assert (ann["name"], ann["photos"]) == ("Ann", 1)
    assert ann["portrait"]["path"] == f"{OPEN}/a.png"
    photos = json.loads(files["people/ann/photos.json"])
    assert [photo["path"] for photo in photos["photos"]] == [f"{OPEN}/a.png"]
    assert photos["with"] == []
    assert json.loads(files[PEOPLE_KEY])["unknown"] == [], "nobody asks who a stranger of that set is"
    portraits = [key for key in files if key.startswith("people/portraits/")]
    assert portraits == [f"people/portraits/{ann['portrait']['picture']}.webp"]


def test_the_set_names_its_people_and_links_to_pages_that_exist(aws: FakeAws, stack: Any) -> None:
    give_audience(aws, stack, PUBLIC, LINK)
    files = files_of(aws)
    assert json.loads(files[f"sets/{SECRET}/people.json"])["people"] == [["ann", "Ann"], ["zoe", "Zoe", False]]
    page = files[f"sets/{SECRET}/index.html"].decode()
    assert 'data-person="ann"' in page
    assert 'data-person="zoe"' in page
    photo = files[f"sets/{SECRET}/photos/quiet.png/index.html"].decode()
    assert '<a class="chip plain" href="/people/ann/"><bdi>Ann</bdi></a>' in photo
    assert '<span class="chip plain"><bdi>Zoe</bdi></span>' in photo
    assert "people/ann/index.html" in files
    assert "people/zoe/index.html" not in files


def test_who_sees_the_owners_answers_sees_everybody(aws: FakeAws, stack: Any) -> None:
    give_audience(aws, stack, PUBLIC, MEMBERS)
    assert {person["name"]: person["photos"] for person in call("people")["people"]} == {"Ann": 2, "Zoe": 2}


def test_widened_again_everything_is_as_before(aws: FakeAws, published: Any) -> None:
    before = files_of(aws)
    give_audience(aws, published, PUBLIC, MEMBERS)
    assert files_of(aws) != before
    give_audience(aws, published, PUBLIC, None)
    after = files_of(aws)
    assert after.keys() <= before.keys()
    assert all(key.startswith("people/portraits/") for key in before.keys() - after.keys()), "which no list names"
    assert [key for key in after if after[key] != before[key]] == []


@pytest.mark.parametrize("audience", [LINK, MEMBERS])
def test_a_site_that_is_not_public_tells_nobody_else(aws: FakeAws, published: Any, audience: str) -> None:
    before = files_of(aws)
    assert {"sitemap.xml", "robots.txt", f"sets/{OPEN}/embed/index.html"} <= before.keys()
    give_audience(aws, published, audience, None)
    files = files_of(aws)
    assert not {"sitemap.xml", "sitemap-albums.xml", "robots.txt"} & files.keys()
    assert not [key for key in files if key.startswith("cards/") or key.endswith(("sitemap.xml", "embed/index.html"))]
    pages = {key: body for key, body in files.items() if key.endswith(".html")}
    for key, body in pages.items():
        assert b'<meta name="robots" content="noindex">' in body, key
        assert not any(word in body for word in (b"og:image", b"ld+json")), key


def test_what_strangers_may_fetch_does_not_say_whether_there_is_anything(
    aws: FakeAws, stack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_audience(aws, stack, MEMBERS, None)
    folders = ("account/", "enter/", "upload/", "offline/", "404", "assets/", "site.")
    full = {key: body for key, body in files_of(aws).items() if key.startswith(folders)}
    assert {"account/index.html", "enter/index.html", "upload/index.html", "404.html"} <= full.keys()
    for row in aws.rows(aws.private_pics_table):
        if row["primarykey"] == SETS_PARTITION:
            key = {"primarykey": SETS_PARTITION, "sortkey": row["sortkey"]}
            aws.dynamodb.delete_item(TableName=aws.private_pics_table, Key=key)
    for key in (PEOPLE_KEY, "people/ann/photos.json", "people/zoe/photos.json"):
        aws.s3.delete_object(Bucket=aws.site_bucket, Key=key)
    stack.photos = aws.photos
    stack.gallery.count_people = lambda: 17
    build_and_publish(stack, whole=True)
    empty = files_of(aws)
    assert {key: empty[key] for key in full} == full
