"""Where the gate leads: the same address for everything on AWS and on the laptop, a language, and a closed site."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote, unquote_plus

import pytest
from gate_runs import judge, run, scope, state, the_edge

from functions.addresses import address
from functions.keys import DOWNLOAD_RULES, NONE, image_path
from functions.languages import AUTO, ENGLISH, LANGUAGES, choose_language, in_language
from functions.photo_page import SKELETON_KEY
from functions.site_access import with_flag
from functions.thumbnail_sizes import LARGE_SIDE
from local.asgi import Answer
from local.edge.edge_process import EdgeState
from local.site_server import OPEN_FOLDER, SiteServer, SiteState, served_prefixes
from scripts.common.template import gate_code, load_template
from scripts.deployment.publish import picture_paths
from scripts.site.messages import closed_words

ROOT = Path(__file__).parents[2]
RESOURCES = load_template()["Resources"]
DISTRIBUTION = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
BUCKETS = {"site": "SiteBucket", "thumbnails": "ThumbnailsBucket"}


def with_rule(text: dict[str, str], rule: str = "stripped") -> str:
    return text["Fn::Sub"].replace("${Downloads}", rule)


class Server(SiteServer):
    """The laptop's site server, which notes the objects it asks for and finds none."""

    def __init__(self, by: EdgeState | None = None, downloads: str = "stripped"):
        served_by = SiteState(downloads, lambda path: [], by or state())
        super().__init__(self._find, BUCKETS, the_edge(), lambda: served_by)
        self.asked: list[tuple[str, str]] = []

    async def _find(self, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        self.asked.append((bucket, key))
        return 404, {}, b""

    def ask(self, path: str, **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of an answer."""
        sent: list[dict] = []

        async def send(message: dict) -> None:
            sent.append(message)

        run(self.app(scope(path, **headers), None, send))  # type: ignore[arg-type]
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


ROUTES = {
    "/": ("SiteBucket", "index.html"),
    "/assets/main-ABC.js": ("SiteBucket", "assets/main-ABC.js"),
    "/sets/2024.07/": ("SiteBucket", "sets/2024.07/index.html"),
    "/sets/a%20b/all/": ("SiteBucket", "sets/a%20b/all/index.html"),
    "/people/": ("SiteBucket", "people/index.html"),
    "/people/ann/": ("SiteBucket", "people/ann/index.html"),
    "/people/ann/photos.json": ("SiteBucket", "people/ann/photos.json"),
    "/people/ann+bob/": ("SiteBucket", "people/%2B/index.html"),
    "/people/ann%2Bbob+cy/": ("SiteBucket", "people/%2B/index.html"),
    "/people/ann+bob": "/people/ann%2Bbob/",
    "/photos/set/a%2Bb.jpg": ("ThumbnailsBucket", "downloads/stripped/photos/set/a%2Bb.jpg"),
    "/photos/set/no-suffix": ("ThumbnailsBucket", "downloads/stripped/photos/set/no-suffix"),
    "/thumbnails/photos/set/a.jpg": ("ThumbnailsBucket", "photos/set/a.jpg"),
    f"/thumbnails/{LARGE_SIDE}/photos/set/no-suffix": ("ThumbnailsBucket", f"{LARGE_SIDE}/photos/set/no-suffix"),
    "/thumbnails/card/photos/set/a.jpg": ("ThumbnailsBucket", "card/photos/set/a.jpg"),
    "/people?face=1&face=2": "/people/?face=1&face=2",
    "/sets/x": "/sets/x/",
    "/sets/a%2bb?q=%2F": "/sets/a%2Bb/?q=%2F",
    "/sets/x/photos/a.b.jpg/": ("SiteBucket", "sets/x/photos/a.b.jpg/index.html"),
    "/sets/x/photos/a%20b.jpg?q=1": "/sets/x/photos/a%20b.jpg/?q=1",
    # Nothing leads to the skeleton of photos' pages.
    f"/{SKELETON_KEY}": f"/{SKELETON_KEY}/",
    f"/{SKELETON_KEY.replace('/', '%2F')}": f"/{SKELETON_KEY}/",
    # Nothing leads off the site, or writes a header.
    "//evil.example/x": None,
    "///evil": None,
    "/\\evil": "/%5Cevil/",
    "/%5C%5Cevil": "/%5C%5Cevil/",
    "/%2F%2Fevil": None,
    "/%2f/%5Cevil": None,
    "/a%0D%0Aset-cookie:x=1": "/a%0D%0Aset-cookie:x=1/",
    # No path means another one.
    "/sets/a/../b/": None,
    "/sets/%2e%2e/x.html": None,
    "/sets/a/%2E": None,
    "/./": None,
    "/sets//a/": None,
    "/a%zz": None,
    "/a%FF": None,
}


@pytest.mark.parametrize(("path", "expected"), ROUTES.items(), ids=map(repr, ROUTES))
def test_cloudfront_and_the_laptop_lead_to_one_place(path: str, expected: tuple[str, str] | str | None) -> None:
    uri = path.partition("?")[0]
    behaviour = next(
        (item for item in DISTRIBUTION["CacheBehaviors"] if fnmatch(uri, item["PathPattern"])),
        DISTRIBUTION["DefaultCacheBehavior"],
    )
    answer = judge(path) if "FunctionAssociations" in behaviour else {"uri": uri}
    server = Server()
    status, headers, _ = server.ask(path)
    if expected is None:
        assert (answer["statusCode"], status) == (404, 404)
    elif isinstance(expected, str):
        assert answer["headers"]["location"]["value"] == expected
        assert (status, headers[b"location"].decode()) == (302, expected)
    else:
        (origin,) = (item for item in DISTRIBUTION["Origins"] if item["Id"] == behaviour["TargetOriginId"])
        folder = with_rule(origin.get("OriginPath", {"Fn::Sub": ""}))
        bucket = origin["DomainName"]["Fn::GetAtt"][0]
        assert (bucket, (folder + answer["uri"]).removeprefix("/")) == expected
        assert server.asked[0] == (bucket, unquote(expected[1]))


def test_only_copies_made_by_todays_rule_are_served() -> None:
    parameter = load_template()["Parameters"]["Downloads"]
    assert parameter["AllowedValues"] == [*DOWNLOAD_RULES, NONE]
    (statement,) = RESOURCES["ThumbnailsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][1:]
    served = [with_rule(item, "large").removeprefix("${ThumbnailsBucket.Arn}/") for item in statement["Resource"]]
    assert [f"{prefix}*" for prefix in served_prefixes("large")] == served
    path = image_path("set", "a.jpg")
    for rule in DOWNLOAD_RULES:
        assert any(fnmatch(path.download_key(rule), item) for item in served) == (rule == "large")
        server = Server(downloads="large")
        server.ask(f"/thumbnails/{path.download_key(rule)}")
        assert (server.asked[0][0] == "ThumbnailsBucket") == (rule == "large")


# https://datatracker.ietf.org/doc/html/rfc1738#section-2.2 ("Unsafe")
UNSAFE = frozenset(' <>"#%{}|\\^~[]`')


def test_a_picture_has_one_address_everywhere() -> None:
    """As the site writes it, as CloudFront keeps and invalidates it, and as S3 reads it."""
    table = json.loads((ROOT / "tests" / "data" / "addresses.json").read_text())
    spelled = {name: "".join(f"%{byte:02x}" for byte in name.encode()) for name in table}
    for name, expected in table.items():
        assert address(name) == expected
        path, key = f"/photos/{expected}/{expected}", f"photos/{name}/{name}"
        assert judge(path)["uri"] == judge(f"/photos/{spelled[name]}/{spelled[name]}")["uri"] == path
        server = Server(downloads="large")
        server.ask(path)
        assert server.asked[0] == ("ThumbnailsBucket", f"downloads/large/{key}")
        assert unquote_plus(path.removeprefix("/")) == key, "S3 reads + as a space"
        (whole,) = {item for item in picture_paths({name}) if item.startswith("/photos/")}
        prefix = whole.removesuffix("*")
        assert whole == f"{prefix}*"
        assert path.startswith(prefix)
        encoded = {int(digits, 16) for digits in re.findall("%(..)", prefix)}
        assert all(chr(byte) in UNSAFE or byte > 127 for byte in encoded), "else CloudFront keeps the picture"
        assert not set(re.sub("%..", "", prefix)) & UNSAFE, "else CloudFront refuses to invalidate it"


def test_a_closed_site_shows_one_page_and_no_picture() -> None:
    pictures = {"/photos/set/a.jpg", "/thumbnails/photos/set/a.jpg", f"/thumbnails/{LARGE_SIDE}/photos/set/a.jpg"}
    pages = {"/", "/index.html", "/sets/x/", "/sets/x", "/people?face=1", "/404.html", "/sitemap.xml", "/enter/"}
    closed = state(closed=True)
    for path in pictures | pages:
        status, headers, body = Server(closed).ask(path)
        assert (status, headers[b"cache-control"]) == (503, b"no-store")
        assert (body == b"") == (path in pictures)
        assert headers[b"content-type"] == (b"text/plain" if path in pictures else b"text/html; charset=utf-8")
        assert (b"closed for now" in body) == (path in pages)
    assert judge("/style.css", closed)["uri"] == "/style.css", "which that page looks by"
    unrouted = [item["PathPattern"] for item in DISTRIBUTION["CacheBehaviors"] if "FunctionAssociations" not in item]
    assert unrouted == [f"{OPEN_FOLDER}*"], "which hold nothing of the album"


def test_closing_publishes_the_gate_with_another_first_line() -> None:
    code = gate_code(load_template())
    first, rest = code.split("\n", 1)
    assert (first, with_flag(code, closed=True)) == ("var closed = false;", f"var closed = true;\n{rest}")
    assert "closed=" not in rest, "nothing else sets it"


ACCEPTED = json.loads((ROOT / "tests" / "data" / "accept_language.json").read_text())


@pytest.mark.parametrize("language", [AUTO, *LANGUAGES])
def test_the_gate_chooses_the_visitors_language_unless_the_owner_has(language: str) -> None:
    for accepted, expected in ACCEPTED.items():
        file = in_language("index.html", expected if language == AUTO else ENGLISH)
        answer = judge("/sets/x/", state(language=language), accept_language=accepted)
        assert answer["uri"] == f"/sets/x/{file}", accepted
        assert choose_language(accepted) == expected


@pytest.mark.parametrize("language", [AUTO, "es"])
def test_a_closed_site_says_so_in_the_visitors_language(language: str) -> None:
    words = closed_words()
    assert tuple(words) == LANGUAGES
    for accepted in ACCEPTED:
        chosen = choose_language(accepted) if language == AUTO else language
        body = judge("/", state(closed=True, language=language), accept_language=accepted)["body"]
        title, heading, sentence = words[chosen]
        assert f'<html lang="{chosen}">' in body
        assert f"<title>{title}</title>" in body
        assert f"<h1>{heading}</h1>\n<p>{sentence}</p>" in body
