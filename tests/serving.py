"""What a site answers over HTTP."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


Answer = tuple[int, dict[str, str], bytes]


def get_as(site_url: str, path: str, cookie: str = "") -> Answer:
    """What a site answers to whoever has this cookie; redirects are not followed."""
    return _get_in_turn(site_url, [path], cookie)[path]


def get_all_as(site_url: str, paths: list[str], cookie: str = "", connections: int = 6) -> dict[str, Answer]:
    """What a site answers at each of these addresses, over so many connections."""
    with ThreadPoolExecutor(connections) as pool:
        shares = pool.map(lambda start: _get_in_turn(site_url, paths[start::connections], cookie), range(connections))
        found = {path: answer for share in shares for path, answer in share.items()}
    return {path: found[path] for path in paths}


def _get_in_turn(site_url: str, paths: list[str], cookie: str) -> dict[str, Answer]:
    found = {}
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(site_url).netloc, timeout=60)
    try:
        for path in paths:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            found[path] = (
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(),
            )
    finally:
        connection.close()
    return found
