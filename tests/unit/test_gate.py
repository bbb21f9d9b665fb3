"""The gate lets in who may see what is asked for, and nobody else. It is run as the template has it."""

import base64
import json
import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from gate_runs import COOKIE, judge, judge_all, scope, state
from hypothesis import given
from hypothesis import strategies as st

from functions.access import passes
from functions.access.access_rows import AudienceRow, KeyRow, LinkRow, MemberRow
from functions.access.access_table import access_of
from functions.access.audiences import ALBUM, AUDIENCES, LINK, MEMBERS, PUBLIC
from functions.access.edge_entries import entries
from functions.access.passes import LinkSubject, MemberSubject, Subject, link_id, new_secret, write_pass
from functions.access.sight import Sight
from functions.table_rows import Row
from local.edge.edge_process import EdgeState

KEY = KeyRow(id="cafe0001", secret=base64.b64encode(bytes(range(32))).decode(), made_at="2026-01-01")
OLD_KEY = KeyRow(id="cafe0000", secret=base64.b64encode(b"o" * 32).decode(), made_at="2025-01-01")
HOUR = 3600
ANN, BOB, OWNER = "a" * 32, "b" * 32, "c" * 32
ALBUM_SECRET, PARTY_SECRET = "A" * 22, "P" * 22
TO_ALBUM, TO_PARTY = (LinkSubject(link_id(secret)) for secret in (ALBUM_SECRET, PARTY_SECRET))
# Ann sees all sets, Bob those named here.
PEOPLE: list[Row] = [
    KEY,
    OLD_KEY,
    LinkRow(id=TO_ALBUM.id, opens=ALBUM, secret=ALBUM_SECRET, made_at="2026"),
    LinkRow(id=TO_PARTY.id, opens="party", secret=PARTY_SECRET, made_at="2026"),
    MemberRow(id=ANN, email="ann@example.com", since=1000),
    MemberRow(id=BOB, email="bob@example.com", sets=["party", "trip"], since=1000),
    MemberRow(id=OWNER, email="owner@example.com", is_owner=True, since=1000),
]
WHO: dict[str, tuple[Subject, ...]] = {
    "stranger": (),
    "album link": (TO_ALBUM,),
    "party's link": (TO_PARTY,),
    "both links": (TO_ALBUM, TO_PARTY),
    "Ann": (MemberSubject(ANN, 1000),),
    "Bob": (MemberSubject(BOB, 1000),),
    "Bob with party's link": (TO_PARTY, MemberSubject(BOB, 1000)),
    "owner": (MemberSubject(OWNER, 1000),),
}
# How the site says that somebody may not see something.
LET_IN, ASKED_TO_ENTER, REFUSED, NOT_THERE = "let in", "asked to enter", "refused", "not there"


def rows(album: str = PUBLIC, **sets: str) -> list[Row]:
    """A table with everybody in it."""
    audiences = {ALBUM: album, **sets}
    return [*PEOPLE, *(AudienceRow(id=name, audience=audience) for name, audience in audiences.items())]


def now() -> int:
    return int(time.time())


def pass_for(*subjects: Subject, hours: float = 5, key: KeyRow = KEY) -> str:
    return write_pass(subjects, now() + int(hours * HOUR), key.id, key.key)


def outcome(answer: dict[str, Any]) -> str:
    if "uri" in answer:
        return NOT_THERE if answer["uri"].startswith("/nothing/") else LET_IN
    headers = {name: field["value"] for name, field in answer["headers"].items()}
    if answer["statusCode"] == 302 and headers["location"].startswith("/enter/?to="):
        assert headers["cache-control"] == "no-store"
        assert "cookies" not in answer
        return ASKED_TO_ENTER
    assert (answer["statusCode"], answer.get("body", "")) == (403, "")
    assert headers["cache-control"] == "no-store"
    return REFUSED


def ask(path: str, by: EdgeState, text: str = "", method: str = "GET") -> str:
    return outcome(judge(path, by, method, **({"cookie": f"{COOKIE}={text}"} if text else {})))


PAGES_OF = ("/sets/{set}/", "/sets/{set}/all/", "/sets/{set}/photos/a.jpg/", "/sets/{set}/embed/")
PAGES_OF += ("/sets/{set}/index.html",)
FILES_OF = (
    *("/sets/{set}/people.json", "/sets/{set}/feed.xml", "/photos/{set}/a.jpg", "/photos/{set}/no-suffix"),
    *("/thumbnails/photos/{set}/a.jpg", "/thumbnails/1600/photos/{set}/a.jpg", "/thumbnails/card/photos/{set}/a.jpg"),
    *("/thumbnails/downloads/stripped/photos/{set}/a.jpg", "/thumbnails/film/photos/{set}/a.mp4"),
    "/thumbnails/film-faces/photos/{set}/a.mp4",
)
PAGES = ("/", "/people/", "/people/ann/", "/people/ann+bob/", "/search/", "/faces/", "/lookalike/", "/naming/")
PAGES += ("/sets/", "/selfie/", "/styleguide/", "/anything/", "/index.html", "/index.de.html", "/embed/")
FILES = ("/people/people.json", "/people/ann/photos.json", "/people/portraits/ann.jpg", "/feed.xml", "/sitemap.xml")
FILES += ("/search-0123.json", "/albums.json", "/cards/x.jpg", "/photos/x.json", "/thumbnails/celebrities/ann/1.jpg")
FILES += ("/thumbnails/celebrities/bands/ann/1.jpg", "/thumbnails/celebrities/photos/party/1.jpg")
FILES += ("/unknown.bin", "/thumbnails/people/hidden-names.json", "/Style.css", "/style.css.map", "/thumbnails/x")
OPEN = ("/assets/main-A.js", "/style.css", "/sw.js", "/site.webmanifest", "/favicon.svg", "/icons/192.png")
OPEN += (
    "/robots.txt",
    "/notice.txt",
    "/enter/",
    "/account/",
    "/offline/",
    "/404.html",
    "/event/",
    "/event/party/",
    "/upload/",
)

AUDIENCES_OF_PARTY = (*AUDIENCES, None)


def may(who: str, album: str, party: str | None) -> dict[str, bool]:
    """Who may see the album, the set "party", and another set, by the table in docs/private.md."""
    has_album_link = who in ("album link", "both links")
    has_link = who in ("party's link", "both links", "Bob with party's link")
    if who in ("Ann", "owner"):
        return {"album": True, "party": True, "other": True}
    sees_album = album == PUBLIC or (album == LINK and has_album_link)
    sees_party = party == PUBLIC or (party == LINK and has_link) or "Bob" in who
    return {"album": sees_album, "other": sees_album, "party": sees_party or (party is None and sees_album)}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("album", AUDIENCES)
@pytest.mark.parametrize("party", AUDIENCES_OF_PARTY)
def test_each_sees_what_the_table_says(who: str, album: str, party: str | None) -> None:
    by = state(entries(rows(album, **({"party": party} if party else {}))))
    text = pass_for(*WHO[who]) if WHO[who] else ""
    seen = may(who, album, party)
    paths = [(path, seen["album"], "album", path in PAGES) for path in (*PAGES, *FILES)]
    for name in ("party", "other"):
        paths += [(path.format(set=name), seen[name], "set", path in PAGES_OF) for path in (*PAGES_OF, *FILES_OF)]
    answers = judge_all([scope(path, cookie=f"{COOKIE}={text}") for path, *_ in paths], by)
    for (path, is_seen, area, is_page), answer in zip(paths, answers, strict=True):
        hidden = NOT_THERE if area == "set" and seen["album"] else ASKED_TO_ENTER if is_page else REFUSED
        assert outcome(answer) == (LET_IN if is_seen else hidden), path
    for path in OPEN:
        assert ask(path, by, text) == LET_IN


def test_a_public_album_takes_one_read_a_request() -> None:
    """The store holds nothing else, and reading more would fail."""
    by = state({"album": '{"audience":"public","key":null,"differs":false}'})
    for path in (*PAGES, *FILES, *OPEN, *(path.format(set="x") for path in (*PAGES_OF, *FILES_OF))):
        assert ask(path, by) == LET_IN


@pytest.mark.parametrize("album", [PUBLIC, LINK, MEMBERS])
def test_a_set_that_is_hidden_is_answered_like_one_that_does_not_exist(album: str) -> None:
    """Also by what leads elsewhere: but for the name, all is the same."""
    by = state(entries(rows(album, party=MEMBERS)))
    for text in ("", pass_for(TO_ALBUM), pass_for(TO_PARTY)):
        for form in (*PAGES_OF, *FILES_OF, "/sets/{set}", "/sets/{set}/photos/a.jpg"):
            answers = []
            for name in ("party", "nowhere"):
                answer = judge(form.format(set=name), by, cookie=f"{COOKIE}={text}")
                answers.append(json.dumps(answer).replace(name, "X").replace('"/nothing/', '"/'))
            assert answers[0] == answers[1]


STRANGE_NAMES = ("Wien, Café (2024)", "a b", "100% rosa", "+1?", "日本 😀", "a%2Fb", "it's", "ü" * 100)


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_sets_name_may_have_any_letters(name: str) -> None:
    by = state(entries([*rows(PUBLIC), AudienceRow(id=name, audience=LINK)]))
    assert ask(f"/sets/{quote(name, safe='')}/", by) == NOT_THERE
    assert ask(f"/sets/{quote(name + 'x', safe='')}/", by) == LET_IN
    link = LinkRow(id="d" * 32, opens=name, secret="", made_at="")
    by = state(entries([*rows(PUBLIC), AudienceRow(id=name, audience=LINK), link]))
    assert ask(f"/thumbnails/photos/{quote(name, safe='')}/a.jpg", by, pass_for(LinkSubject("d" * 32))) == LET_IN


# Ways to write the address of a picture of "party" so that it might be taken for something else.
TRICKS = (
    *("/thumbnails/photos/%70arty/a.jpg", "/thumbnails/%70hotos/party/a.jpg", "/%74humbnails/photos/party/a.jpg"),
    *("/thumbnails%2Fphotos/party/a.jpg", "/thumbnails/photos%2fparty%2fa.jpg", "/%70hotos/party/a.jpg"),
    *("/thumbnails/photos/party%2Fa.jpg", "/sets%2Fparty/", "/%73ets/%70%61%72%74%79/", "/sets/party%2F"),
    *("/thumbnails/photos/party/%2e/a.jpg", "/photos/other/../party/a.jpg", "/photos/other/%2e%2e/party/a.jpg"),
    *("//photos/party/a.jpg", "/photos//party/a.jpg", "/%2Fphotos/party/a.jpg", "/photos/%2Fparty/a.jpg"),
    *("/assets/../photos/party/a.jpg/", "/enter/../photos/party/a.jpg", "/enter/%2e%2e/photos/party/a.jpg"),
    *("/./photos/party/a.jpg", "/photos/./party/a.jpg", "/thumbnails/downloads/whole/photos/party/a.jpg"),
    *("/thumbnails/0/photos/party/a.jpg", "/thumbnails/%31600/photos/party/a.jpg"),
    "/thumbnails/card%2Fphotos/party/a.jpg",
)


@pytest.mark.parametrize("path", TRICKS)
def test_no_way_to_write_an_address_gets_round_the_gate(path: str) -> None:
    by = state(entries(rows(PUBLIC, party=MEMBERS)))
    answer = judge(path, by)
    assert answer.get("statusCode") in (404, 302) or answer["uri"].startswith("/nothing/"), answer
    assert "location" not in answer.get("headers", {}) or answer["headers"]["location"]["value"].endswith("/")


OTHER_SETS = (
    "/thumbnails/photos/party;x/a.jpg",
    "/photos/Party/a.jpg",
    "/photos/party%00/a.jpg",
    "/photos/party%20/a.jpg",
)


@pytest.mark.parametrize("path", OTHER_SETS)
def test_another_name_is_another_set(path: str) -> None:
    """It doesn't exist; what S3 is asked for is what was judged."""
    answer = judge(path, state(entries(rows(PUBLIC, party=MEMBERS))))
    assert unquote(answer["uri"]).removeprefix("/photos/").partition("/")[0] != "party"


@given(st.text(max_size=40))
def test_what_is_let_through_is_the_path_that_was_judged(text: str) -> None:
    """However it was written, S3 reads no other set from it than the gate did."""
    by = state(entries(rows(PUBLIC, party=MEMBERS)))
    answer = judge(f"/photos/{quote(text, safe='/%')}", by)
    if "uri" in answer:
        assert not unquote(answer["uri"]).startswith("/photos/party/")
        assert "%25" in answer["uri"] or unquote(unquote(answer["uri"])) == unquote(answer["uri"])


def test_a_long_path_is_judged_like_any_other() -> None:
    by = state(entries(rows(MEMBERS, party=PUBLIC)))
    long = ("/" + "x" * 8000, "/sets/" + "x" * 8000 + "/", "/sets/party/" + "x/" * 4000, "/photos/" + "%C3%BC" * 1300)
    for path in long:
        assert ask(path, by) in (ASKED_TO_ENTER, REFUSED, LET_IN)
        assert (ask(path, by) == LET_IN) == path.startswith("/sets/party/")


# Passes.


def forged() -> Iterator[str]:
    """Passes that are none, all for somebody who would see everything."""
    good = pass_for(TO_ALBUM, MemberSubject(ANN, 1000))
    version, key, subjects, end, mac = good.split(".")
    later = str(int(end) + 100_000)
    yield from (f"{version}.{key}.{subjects}.{later}.{mac}", f"2.{key}.{subjects}.{end}.{mac}")
    yield f"{version}.{OLD_KEY.id}.{subjects}.{end}.{mac}"
    yield f"{version}.deadbeef.{subjects}.{end}.{mac}"
    yield f"{version}.{key}.{subjects}.{end}.{'0' * 64}"
    yield f"{version}.{key}.{subjects}.{end}.{mac[:-1]}"
    yield f"{version}.{key}.{subjects}.{end}.{mac}0"
    yield f"{version}.{key}.{subjects}.{end}.{mac.upper()}"
    yield f"{version}.{key}.m{OWNER}-1000.{end}.{mac}"
    yield f"{version}.{key}.{subjects}~m{OWNER}-1000.{end}.{mac}"
    yield f"{version}.{key}..{end}.{mac}"
    yield from (good[:40], f"{good}x", f'"{good}"', good.replace(".", "%2E"), "", ".", "1....", "x" * 5000)
    # Another album's key, no key at all, and what would be right for an empty one.
    yield write_pass([TO_ALBUM], now() + HOUR, KEY.id, b"another album's key")
    yield write_pass([TO_ALBUM], now() + HOUR, "00000000", b"")
    yield write_pass([TO_ALBUM], now() + HOUR, "cafe0002", b"")


def outdated() -> Iterator[str]:
    """Passes that once were right."""
    yield pass_for(LinkSubject("e" * 32), MemberSubject("e" * 32, 1000))
    yield pass_for(MemberSubject(ANN, 999))
    yield pass_for(MemberSubject(ANN, 1001))
    yield pass_for(MemberSubject(ANN, 1000), hours=-0.001)
    yield pass_for(MemberSubject(TO_ALBUM.id, 0))
    yield pass_for(LinkSubject(ANN))


@pytest.mark.parametrize("text", [*forged(), *outdated()], ids=repr)
def test_a_pass_that_is_none_opens_nothing(text: str) -> None:
    by = state({**entries(rows(LINK)), "key:cafe0002": "", "key:cafe0003": "nothex"})
    assert ask("/", by, text) == ASKED_TO_ENTER
    assert ask("/thumbnails/photos/x/a.jpg", by, text) == REFUSED
    assert ask("/", by, pass_for(TO_ALBUM)) == LET_IN


def test_a_pass_made_with_an_older_key_counts_while_the_key_is_there() -> None:
    text = pass_for(TO_ALBUM, key=OLD_KEY)
    table = rows(LINK)
    assert ask("/", state(entries(table)), text) == LET_IN
    assert ask("/", state(entries([row for row in table if row is not OLD_KEY])), text) == ASKED_TO_ENTER


def test_who_is_taken_out_is_out_at_once() -> None:
    table = rows(LINK, party=MEMBERS)
    text = pass_for(TO_ALBUM, MemberSubject(ANN, 1000))
    paths = "/", "/photos/party/a.jpg"
    assert [ask(path, state(entries(table)), text) for path in paths] == [LET_IN, LET_IN]
    without_ann = [row for row in table if getattr(row, "id", "") != ANN]
    assert [ask(path, state(entries(without_ann)), text) for path in paths] == [LET_IN, NOT_THERE]
    without_both = [row for row in without_ann if getattr(row, "id", "") != TO_ALBUM.id]
    assert [ask(path, state(entries(without_both)), text) for path in paths] == [ASKED_TO_ENTER, REFUSED]


def test_signing_out_everywhere_ends_older_passes() -> None:
    text = pass_for(MemberSubject(ANN, 1000))
    later = [row for row in rows(MEMBERS) if getattr(row, "id", "") != ANN]
    later.append(MemberRow(id=ANN, email="ann@example.com", since=1001))
    assert ask("/", state(entries(later)), text) == ASKED_TO_ENTER
    assert ask("/", state(entries(later)), pass_for(MemberSubject(ANN, 1001))) == LET_IN


def test_of_several_cookies_a_good_one_counts_and_no_more_than_three_are_tried() -> None:
    by = state(entries(rows(LINK)))
    good, bad = f"{COOKIE}={pass_for(TO_ALBUM)}", f"{COOKIE}=1.x"
    for cookies in ([good, bad], [bad, good], [bad, bad, good], ["other=1", good], [good, good]):
        assert outcome(judge("/", by, cookie="; ".join(cookies))) == LET_IN
    for cookies in ([bad] * 3 + [good], [good.replace("__Host-", "")], [good.lower()[:-3]], [f"x{good}"]):
        assert outcome(judge("/", by, cookie="; ".join(cookies))) == ASKED_TO_ENTER


def test_a_pass_of_twenty_subjects_is_read_to_its_end() -> None:
    others = [LinkSubject(f"{number:032x}") for number in range(19)]
    by = state(entries(rows(LINK)))
    for subjects in ([TO_ALBUM, *others], [*others, TO_ALBUM]):
        assert ask("/", by, pass_for(*subjects)) == LET_IN


# Links.


def led(answer: dict[str, Any]) -> tuple[str, str]:
    """Where an answer leads, and the pass in its cookie."""
    assert answer["statusCode"] == 302
    headers = {name: field["value"] for name, field in answer["headers"].items()}
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    cookie = answer.get("cookies", {}).get(COOKIE, {"value": ""})
    assert cookie.get("attributes", "Secure; SameSite=Lax; Path=/; Max-Age=2592000") == (
        "Secure; SameSite=Lax; Path=/; Max-Age=2592000"
    )
    return headers["location"], cookie["value"]


def read(text: str) -> tuple[Subject, ...]:
    """The subjects of a pass, as the functions read it."""
    return passes.read_pass(text, {KEY.id: KEY.key, OLD_KEY.id: OLD_KEY.key}, now())


def end_of(text: str) -> int:
    return int(text.split(".")[3])


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_link_is_exchanged_for_a_pass(slash: str) -> None:
    by = state(entries(rows(LINK, party=LINK)))
    to, text = led(judge(f"/l/{ALBUM_SECRET}{slash}", by))
    assert (to, read(text)) == ("/", (TO_ALBUM,))
    assert 0 <= now() + 6 * HOUR - end_of(text) <= 5
    assert ask("/", by, text) == LET_IN
    to, text = led(judge(f"/l/{PARTY_SECRET}{slash}?utm=x", by, cookie=f"{COOKIE}={text}"))
    assert (to, read(text)) == ("/sets/party/", (TO_ALBUM, TO_PARTY))
    assert ask("/sets/party/", by, text) == LET_IN


def test_a_link_leads_to_a_set_of_any_name() -> None:
    name, secret = "Wien, Café (2024) 100%", new_secret()
    link = LinkRow(id=link_id(secret), opens=name, secret=secret, made_at="2026")
    to, _ = led(judge(f"/l/{secret}", state(entries([*rows(PUBLIC), link]))))
    assert unquote(to) == f"/sets/{name}/"
    assert judge(to)["uri"].startswith("/sets/Wien,%20Caf%C3%A9%20(2024)%20100%25/")


NO_LINKS = ("", "x", ALBUM_SECRET[:11], ALBUM_SECRET + "A", "B" * 22, ALBUM_SECRET + "/x", "%41" * 21, TO_ALBUM.id)


@pytest.mark.parametrize("tail", NO_LINKS)
def test_a_link_that_is_none_says_so(tail: str) -> None:
    assert led(judge(f"/l/{tail}", state(entries(rows(LINK))))) == ("/enter/?why=link", "")


def test_a_link_that_was_made_anew_is_dead() -> None:
    table = [row for row in rows(LINK) if getattr(row, "id", "") != TO_ALBUM.id]
    assert led(judge(f"/l/{ALBUM_SECRET}", state(entries(table)))) == ("/enter/?why=link", "")


def test_a_link_adds_to_a_good_pass_and_to_no_other() -> None:
    by = state(entries(rows(LINK, party=LINK)))
    ann = MemberSubject(ANN, 1000)
    soon = pass_for(ann, TO_PARTY, hours=1)
    _, text = led(judge(f"/l/{ALBUM_SECRET}", by, cookie=f"{COOKIE}={soon}"))
    assert read(text) == (ann, TO_PARTY, TO_ALBUM)
    assert end_of(text) == end_of(soon), "only the door makes a member's pass longer"
    _, text = led(judge(f"/l/{ALBUM_SECRET}", by, cookie=f"{COOKIE}={pass_for(ann, TO_PARTY, hours=-1)}"))
    assert read(text) == (TO_PARTY, TO_ALBUM), "a member whose pass has ended signs in again"
    for bad in forged():
        _, text = led(judge(f"/l/{PARTY_SECRET}", by, cookie=f"{COOKIE}={quote(bad)}"))
        assert read(text) == (TO_PARTY,)


def test_a_pass_forgets_the_oldest_of_more_than_twenty() -> None:
    others = [LinkSubject(f"{number:032x}") for number in range(20)]
    _, text = led(judge(f"/l/{ALBUM_SECRET}", state(entries(rows(LINK))), cookie=f"{COOKIE}={pass_for(*others)}"))
    assert read(text) == (*others[1:], TO_ALBUM)
    _, again = led(judge(f"/l/{ALBUM_SECRET}", state(entries(rows(LINK))), cookie=f"{COOKIE}={text}"))
    assert read(again) == read(text)


# A link's pass is made anew on the way.


@pytest.mark.parametrize("hours", [-700, -0.01, 2.9])
def test_a_links_pass_is_made_anew_on_a_page(hours: float) -> None:
    by = state(entries(rows(LINK)))
    to, text = led(judge("/sets/x/?a=1&b=%2F", by, cookie=f"{COOKIE}={pass_for(TO_ALBUM, hours=hours)}"))
    assert (to, read(text)) == ("/sets/x/?a=1&b=%2F", (TO_ALBUM,))
    assert ask("/sets/x/", by, text) == LET_IN


def test_it_is_not_made_anew_for_pictures_heads_or_while_it_is_fresh() -> None:
    by = state(entries(rows(LINK)))
    fresh, half, ended = (pass_for(TO_ALBUM, hours=hours) for hours in (3.1, 2.9, -1))
    assert ask("/", by, fresh) == LET_IN
    for path in ("/thumbnails/photos/x/a.jpg", "/people/people.json", "/feed.xml"):
        assert (ask(path, by, half), ask(path, by, ended)) == (LET_IN, REFUSED)
    assert (ask("/", by, half, "HEAD"), ask("/", by, ended, "HEAD")) == (LET_IN, ASKED_TO_ENTER)


@pytest.mark.parametrize("hours", [-700, -0.01, 2.9])
def test_a_links_pass_is_made_anew_on_public_pages_too(hours: float) -> None:
    by, text = state(entries(rows(PUBLIC, party=LINK))), pass_for(TO_PARTY, hours=hours)
    for path in ("/", "/sets/other/"):
        to, renewed = led(judge(path, by, cookie=f"{COOKIE}={text}"))
        assert (to, read(renewed)) == (path, (TO_PARTY,))
        assert ask(path, by, renewed) == LET_IN, "once"
    assert ask("/thumbnails/photos/other/a.jpg", by, text) == LET_IN
    assert ask("/", by, text, "HEAD") == LET_IN
    # Not for a link that is dead, a member, or a foreign pass; and not where nothing is private.
    dead = [row for row in rows(PUBLIC, party=LINK) if getattr(row, "id", "") != TO_PARTY.id]
    assert ask("/", state(entries(dead)), text) == LET_IN
    assert ask("/", by, pass_for(MemberSubject(ANN, 1000), hours=hours)) == LET_IN
    assert ask("/", by, text[:-64] + "0" * 64) == LET_IN
    assert ask("/", state(entries(PEOPLE)), text) == LET_IN


@pytest.mark.parametrize("hours", [-700, -0.01, 2.9])
def test_a_dead_link_tells_no_private_set_from_one_that_isnt_there(hours: float) -> None:
    dead = [row for row in rows(PUBLIC, party=LINK, club=MEMBERS) if getattr(row, "id", "") != TO_PARTY.id]
    by, text = state(entries(dead)), pass_for(TO_PARTY, hours=hours)
    # Both are answered from where nothing is: neither is led anywhere.
    assert [ask(f"/sets/{name}/", by, text) for name in ("party", "club", "never")] == [NOT_THERE, NOT_THERE, LET_IN]
    alive = state(entries(rows(PUBLIC, party=LINK, club=MEMBERS)))
    assert {name: led(judge(f"/sets/{name}/", alive, cookie=f"{COOKIE}={text}"))[0] for name in ("club", "never")} == {
        "club": "/sets/club/",
        "never": "/sets/never/",
    }


def test_a_members_pass_is_never_made_anew_here() -> None:
    by, ann = state(entries(rows(LINK))), MemberSubject(ANN, 1000)
    assert ask("/", by, pass_for(ann, hours=1)) == LET_IN
    assert ask("/", by, pass_for(ann, TO_ALBUM, hours=1)) == LET_IN
    assert ask("/", by, pass_for(ann, hours=-1)) == ASKED_TO_ENTER
    _, text = led(judge("/", by, cookie=f"{COOKIE}={pass_for(ann, TO_ALBUM, hours=-1)}"))
    assert read(text) == (TO_ALBUM,)


def test_a_pass_that_has_ended_is_not_made_anew_for_a_dead_link() -> None:
    table = [row for row in rows(LINK) if getattr(row, "id", "") != TO_ALBUM.id]
    assert ask("/", state(entries(table)), pass_for(TO_ALBUM, hours=-1)) == ASKED_TO_ENTER


def test_a_new_pass_is_made_with_the_newest_key() -> None:
    _, text = led(judge("/", state(entries(rows(LINK))), cookie=f"{COOKIE}={pass_for(TO_ALBUM, hours=1, key=OLD_KEY)}"))
    assert text.split(".")[1] == KEY.id


def test_being_asked_to_enter_keeps_where_one_wanted_to_go() -> None:
    answer = judge("/sets/a%20b?x=1&y=%26", state(entries(rows(MEMBERS))))
    to = answer["headers"]["location"]["value"]
    assert unquote(to.removeprefix("/enter/?to=")) == "/sets/a%20b?x=1&y=%26"
    assert "&" not in to


# A store that fails.

BROKEN_ALBUMS = ("", "{", "null", "[]", "{}", '"public"', '{"audience":"Public"}', '{"audience":null}')
BROKEN_ALBUMS += ('{"audience":["public"]}',)


@pytest.mark.parametrize("album", BROKEN_ALBUMS)
def test_an_album_that_cannot_be_read_is_shown_to_nobody(album: str) -> None:
    by = state({**entries(rows(PUBLIC)), "album": album})
    for path in ("/", "/photos/x/a.jpg", "/sets/x/", f"/l/{ALBUM_SECRET}"):
        answer = judge(path, by, cookie=f"{COOKIE}={pass_for(MemberSubject(ANN, 1000))}")
        assert (answer["statusCode"], answer.get("body", "")) == (503, "")
        assert answer["headers"]["cache-control"]["value"] == "no-store"


@pytest.mark.parametrize("found", [None, {}])
def test_without_a_store_only_shells_are_shown(found: dict[str, str] | None) -> None:
    by = EdgeState(entries=found)
    for path in (*PAGES, *FILES, *(path.format(set="x") for path in (*PAGES_OF, *FILES_OF))):
        assert judge(path, by)["statusCode"] == 503
    assert [judge(path, by)["uri"] for path in ("/style.css", "/account/")] == ["/style.css", "/account/index.html"]


@pytest.mark.parametrize("audience", ["", "Public", "everybody", "public ", "null"])
def test_a_set_whose_audience_is_unknown_is_shown_to_nobody(audience: str) -> None:
    by = state({**entries(rows(PUBLIC, party=LINK)), "set:party": audience})
    assert judge("/sets/party/", by)["statusCode"] == 503


BROKEN_MEMBERS = ("", "{", "[]", "{}", '{"since":1000}', '{"since":1000,"sets":"party trip"}')
BROKEN_MEMBERS += ('{"since":"1000","sets":null}', '{"since":1000,"sets":{}}')


@pytest.mark.parametrize("row", BROKEN_MEMBERS)
def test_a_member_whose_entry_cannot_be_read_is_not_let_in(row: str) -> None:
    by = state({**entries(rows(MEMBERS)), f"member:{ANN}": row})
    for path in ("/", "/sets/party/", "/photos/party/a.jpg"):
        answer = judge(path, by, cookie=f"{COOKIE}={pass_for(MemberSubject(ANN, 1000))}")
        assert answer.get("statusCode") in (302, 403, 503)


# The gate and the functions must be of one mind.

NAMES = ("party", "trip", "x")
SUBJECTS = (TO_ALBUM, TO_PARTY, LinkSubject("e" * 32), MemberSubject(ANN, 1000), *WHO["Bob"], MemberSubject(BOB, 999))


@pytest.mark.parametrize("seed", range(4))
def test_the_gate_sees_what_the_functions_see(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - any albums will do
    for _ in range(60):
        table = rows(draw.choice(AUDIENCES), **{name: draw.choice(AUDIENCES) for name in NAMES if draw.random() < 0.5})
        table = [row for row in table if row in (KEY, OLD_KEY) or draw.random() < 0.8]
        subjects = [*draw.sample(SUBJECTS[:3], draw.randrange(4)), *draw.sample(SUBJECTS[3:], draw.randrange(2))]
        access = access_of(row for row in table if isinstance(row, AudienceRow))
        ids = {subject.id for subject in subjects}
        found = [row for row in table if isinstance(row, LinkRow | MemberRow) and row.id in ids]
        sight = Sight.of_subjects(access, subjects, found)
        cookie = f"{COOKIE}={pass_for(*subjects) if subjects else ''}"
        paths = ["/people/people.json", *(f"/photos/{name}/a.jpg" for name in NAMES)]
        answers = judge_all([scope(path, cookie=cookie) for path in paths], state(entries(table)))
        seen = [outcome(answer) == LET_IN for answer in answers]
        assert seen == [sight.sees_album, *map(sight.sees, NAMES)], (access, subjects)


def hostile_passes(draw: random.Random) -> str:
    """A pass that is forged, has ended, is another album's, or is missing."""
    kind = draw.randrange(6)
    subjects = draw.sample([TO_ALBUM, TO_PARTY, *WHO["Ann"], *WHO["owner"]], draw.randrange(1, 4))
    if kind == 0:
        return ""
    if kind == 1:  # of a member, ended; links would be made anew
        return pass_for(MemberSubject(draw.choice([ANN, OWNER]), 1000), hours=-draw.random() * 700)
    if kind == 2:
        return write_pass(subjects, now() + HOUR, draw.choice([KEY.id, OLD_KEY.id, "deadbeef"]), draw.randbytes(32))
    if kind == 3:  # of links and members that are gone, or signed out
        link = LinkSubject(f"{draw.getrandbits(128):032x}")
        gone: list[Subject] = [link, MemberSubject(ANN, draw.randrange(1000)), MemberSubject(BOB, 7)]
        return pass_for(*draw.sample(gone, draw.randrange(1, 4)))
    good = list(pass_for(*subjects))
    if kind == 4:
        at = draw.randrange(len(good))
        good[at] = draw.choice([char for char in "0123456789abcdef.~-lm" if char != good[at]])
        return "".join(good)
    return "".join(good[: draw.randrange(len(good))])


ADDRESSES = (*PAGES, *FILES, *(path.format(set=name) for path in (*PAGES_OF, *FILES_OF) for name in NAMES), *TRICKS)


def written(path: str, draw: random.Random) -> str:
    """A path written in another way: some letters encoded, once or twice, and what may come along."""
    letters = [char if draw.random() > 0.1 else f"%{ord(char):02x}" for char in path[1:]]
    tail = draw.choice(["", "", "", "?x=1", "?to=/style.css", "#", ";.css", "%00.css", "/.", "%2e"])
    return path[0] + "".join(letters).replace("%25", draw.choice(["%25", "%2525"])) + tail


@pytest.mark.parametrize("album", [LINK, MEMBERS])
def test_ten_thousand_hostile_requests_let_nobody_in(album: str) -> None:
    """Five thousand each: forged, ended, foreign and missing passes, at every kind of address."""
    draw = random.Random(16)  # noqa: S311 - the same ones each time
    by = state(entries(rows(album, trip=MEMBERS, party=LINK)))
    asked = [(written(draw.choice(ADDRESSES), draw), hostile_passes(draw)) for _ in range(5000)]
    let_in = []
    for start in range(0, len(asked), 500):
        batch = asked[start : start + 500]
        answers = judge_all([scope(path, cookie=f"{COOKIE}={text}") for path, text in batch], by)
        let_in += [one for one, answer in zip(batch, answers, strict=True) if "uri" in answer or "cookies" in answer]
    assert let_in == []
    assert ask("/", by, pass_for(MemberSubject(ANN, 1000))) == LET_IN
