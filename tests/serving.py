"""What a site answers over HTTP."""

import http.client
import urllib.error
import urllib.parse
import urllib.request


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def get_as(site_url: str, path: str, cookie: str = "") -> tuple[int, dict[str, str], bytes]:
    """What a site answers to whoever has this cookie; redirects are not followed."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(site_url).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
