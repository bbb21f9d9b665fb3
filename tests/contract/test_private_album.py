"""A private album on the laptop stack, looked at over HTTP: what the gate lets through there, and how soon."""

import http.client
import time
from collections.abc import Iterator

import pytest
from running import RunningStack

from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, LINK, MEMBERS
from functions.access.passes import COOKIE, link_id

NOW = "2026-01-02T03:04:05+00:00"
SECONDS_UNTIL_IT_HOLDS = 1.0


@pytest.fixture
def table(stack: RunningStack) -> Iterator[AccessTable]:
    """The stack's table `access`, which is emptied again."""
    rows = stack.table("AccessTable")
    yield AccessTable(rows.meta.client, rows.name)
    for row in rows.scan()["Items"]:
        rows.delete_item(Key={"kind": row["kind"], "id": row["id"]})
    time.sleep(SECONDS_UNTIL_IT_HOLDS)


def other_than(stack: RunningStack, set_name: str) -> str:
    """A photo of another set."""
    rows = stack.table("PicsTable").scan()["Items"]
    return next(f"{r['primarykey']}/{r['sortkey']}" for r in rows if r["primarykey"] not in ("/", set_name))


def ask(stack: RunningStack, path: str, cookie: str = "") -> tuple[int, dict[str, str]]:
    """Status and headers of an answer of the site."""
    connection = http.client.HTTPConnection(stack.site_url.removeprefix("http://"), timeout=60)
    try:
        connection.request("GET", path, headers={"cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_who_has_the_link_sees_the_album_until_it_is_made_anew(stack: RunningStack, table: AccessTable) -> None:
    photo = next(row for row in stack.table("PicsTable").scan()["Items"] if row["primarykey"] != "/")
    picture = f"/thumbnails/photos/{photo['primarykey']}/{photo['sortkey']}"
    page = f"/sets/{photo['primarykey']}/"
    assert [ask(stack, path)[0] for path in ("/", page, picture)] == [200, 200, 200]
    table.put_audience(ALBUM, LINK)
    secret = table.add_link(ALBUM, NOW)
    time.sleep(SECONDS_UNTIL_IT_HOLDS)
    assert [ask(stack, path)[0] for path in ("/", page, picture)] == [302, 302, 403]
    assert ask(stack, page)[1]["location"] == f"/enter/?to={page.replace('/', '%2F')}"
    assert [ask(stack, path)[0] for path in ("/style.css", "/account/")] == [200, 200]
    status, headers = ask(stack, f"/l/{secret}")
    assert (status, headers["location"]) == (302, "/")
    cookie = headers["set-cookie"].partition(";")[0]
    assert cookie.startswith(f"{COOKIE}=1.")
    assert [ask(stack, path, cookie)[0] for path in ("/", page, picture)] == [200, 200, 200]
    assert ask(stack, picture, cookie)[1]["cache-control"] == "private, max-age=60"
    table.remove_link(link_id(secret))
    time.sleep(SECONDS_UNTIL_IT_HOLDS)
    assert [ask(stack, path, cookie)[0] for path in ("/", page, picture)] == [302, 302, 403]


def test_a_set_that_is_not_public_is_answered_like_one_that_is_not_there(
    stack: RunningStack, table: AccessTable
) -> None:
    photo = next(row for row in stack.table("PicsTable").scan()["Items"] if row["primarykey"] != "/")
    table.put_audience(photo["primarykey"], MEMBERS)
    time.sleep(SECONDS_UNTIL_IT_HOLDS)
    for form in ("/sets/{}/", "/sets/{}", "/sets/{}/people.json", "/photos/{}/a.jpg", "/thumbnails/photos/{}/a.jpg"):
        hidden, missing = (ask(stack, form.format(name)) for name in (photo["primarykey"], "nowhere"))
        assert (hidden[0], str(hidden[1]).replace(photo["primarykey"], "nowhere")) == (missing[0], str(missing[1]))
    assert ask(stack, "/")[0] == 200
    # Not even browsers of those who may see it keep it for long; the headers are the whole site's.
    other = f"/thumbnails/photos/{other_than(stack, photo['primarykey'])}"
    assert ask(stack, other)[1]["cache-control"] == "private, max-age=60"
    table.put_audience(photo["primarykey"], None)
    time.sleep(SECONDS_UNTIL_IT_HOLDS)
    assert "max-age=60" not in ask(stack, other)[1]["cache-control"]
