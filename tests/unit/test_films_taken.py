"""Which films a site takes, and what is said of the others."""

from types import SimpleNamespace
from typing import Any

from scripts.upload.films_taken import NO_FILMS, films_taken


def site(*, takes_films: bool, endpoint_url: str | None) -> Any:
    return SimpleNamespace(takes_films=takes_films, endpoint_url=endpoint_url)


def test_a_site_on_aws_takes_all_films_or_none() -> None:
    assert films_taken(site(takes_films=True, endpoint_url=None)).why_not(10**12) == ""
    none = films_taken(site(takes_films=False, endpoint_url=None))
    assert (none.why_not(1), none.is_too_large(10**12)) == (NO_FILMS, False)


def test_a_laptop_refuses_what_does_not_fit_into_its_memory_and_says_what_to_do() -> None:
    films = films_taken(site(takes_films=True, endpoint_url="http://localhost:4566"))
    assert films.most
    assert films.why_not(films.most) == ""
    reason = films.why_not(films.most + 10**9)
    assert films.is_too_large(films.most + 10**9)
    assert f"up to {films.most / 1e9:.1f} GB" in reason
    assert "make it smaller" in reason


def test_without_a_site_every_film_may_go_in() -> None:
    assert films_taken(None).why_not(10**12) == ""
