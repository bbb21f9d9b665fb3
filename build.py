"""The site generator: ``site/`` + ``kinpics.toml`` + a deployed stack → the files of the site.

``site/pages.json`` lists the pages. Each has a template of its name; those of a set carry its first photos, and the
fallback page shows sets and people that are newer than the site. Each photo has a page of its own
(`functions.photo_page`).
"""

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click

from functions.access.audiences import PUBLIC
from functions.photo_page import SKELETON_KEY, page_key, render_photo_page
from local.state_folder import STACK_NAME
from scripts.common.config import ROOT, SiteConfig, ThemeConfig, load_config, load_theme_config
from scripts.common.stack import Stack, connect
from scripts.common.terminal import echo
from scripts.site.announcements import write_announcements
from scripts.site.browser_config import browser_config
from scripts.site.bundle import bundle, bundle_worker
from scripts.site.changes import Changes, PeopleChanges
from scripts.site.covers import Cover, find_covers
from scripts.site.fingerprints import fingerprint_of_site
from scripts.site.galleries_shown import list_galleries_shown
from scripts.site.pages import SitePages
from scripts.site.people_shown import (
    KnownPerson,
    People,
    SetPeople,
    ShownPerson,
    read_people,
    read_set_people,
    whose_face,
)
from scripts.site.previews import Previews
from scripts.site.published import Published, known_covers
from scripts.site.search_index import entry_of, suggestions, write_search_index
from scripts.site.shown import ShownSet, list_shown_rows, path_of, write_titles
from scripts.site.theme import load_theme
from scripts.site.translations import Translator
from scripts.site.web_app import write_web_app
from scripts.site.withdrawn import write_withdrawn

# How to make a file of the site bucket, by its key.
Makers = dict[str, Callable[[], bytes]]


@dataclass(frozen=True)
class Site:
    """A rendered site: ``folder`` holds its files, except those that are many or take long (photos' pages, cards).

    ``more`` says how to make these. The pages of ``unchanged`` sets are not rendered, and their cards are in ``kept``;
    those of ``rendered`` sets, and of sets that are gone, may differ from what is published. The pages of
    ``unchanged_people``, by slug, are in ``kept`` too. ``people`` are those that its pages name. ``published`` is what
    to remember once it is.
    """

    folder: Path
    more: Makers
    unchanged: Collection[str] = frozenset()
    rendered: Collection[str] = frozenset()
    kept: Collection[str] = frozenset()
    unchanged_people: Mapping[str, KnownPerson] = field(default_factory=dict)
    people: People = field(default_factory=People)
    published: Published = Published()


def build(
    stack: Stack,
    dist: Path,
    config: SiteConfig | None = None,
    look: ThemeConfig | None = None,
    root: Path = ROOT,
    last: Published | None = None,
) -> Site:
    """Render the site of a stack into ``dist``, which is replaced whole; ``root`` has the owner's ``theme/``.

    Leaves out the pages of sets that haven't changed since the ``last`` publish. Raises ``BuildError``,
    ``ConfigError``; then ``dist`` stays as it was.
    """
    config = config or load_config()
    look = look or load_theme_config()
    access = stack.access.read_access()
    config = config.for_audience(access.album)
    # Before the photos, so that a photo that changes meanwhile makes its set unknown, not its page wrong.
    rows = list_shown_rows(stack.photos)
    fresh = dist.with_name(dist.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    theme = load_theme(look, root, fresh)
    assets = bundle(fresh, theme.rules, theme.sheets)
    bundle_worker("worker.js" if config.offline else "off.js", fresh / "sw.js")
    # Also without a hash in its name, for the page that CloudFront's function shows while the site is closed.
    shutil.copyfile(fresh / assets["style.css"].removeprefix("/"), fresh / "style.css")
    # The licences of the packages in the scripts ask to come along with them.
    shutil.copyfile(ROOT / "NOTICE", fresh / "notice.txt")
    known_to_scripts = browser_config(stack, config)
    # The site's own pages don't know of sets that are for fewer people than the site is.
    has_photos = any(access.is_everywhere(row.sortkey) for row in rows)
    galleries = list_galleries_shown(stack)
    people = read_people(stack)
    facts = [assets.urls, known_to_scripts, stack.shared_url, has_photos, bool(galleries), bool(people.people)]
    facts.append(access.album == PUBLIC)
    last, fingerprint = last or Published(), fingerprint_of_site(config, look, root, facts)
    changes = Changes(stack, rows, people, access, last, fingerprint)
    people_changes = PeopleChanges(stack, people, last, fingerprint)
    newest_first = sorted(
        (shown for shown in changes.sets if access.is_everywhere(shown.name)),
        key=lambda shown: shown.row.rank,
        reverse=True,
    )
    pages = SitePages(
        fresh,
        config,
        theme,
        assets,
        known_to_scripts,
        site_url=stack.shared_url,
        has_photos=has_photos,
        galleries=galleries,
        people=people,
        is_public=access.album == PUBLIC,
    )
    # Whatever exists once for all visitors is in the site's only language, or in English.
    translator = Translator(next(iter(config.page_languages)))
    config = translator.with_default_texts(config)
    write_web_app(config, theme.palette, fresh)
    previews = Previews(stack, config, theme, translator)
    covers = find_covers(stack.photos, newest_first, look.cover, known_covers(changes.known))
    entries = [
        changes.entries.get(shown.name) or entry_of(shown, covers.of_sets.get(shown.name)) for shown in newest_first
    ]
    search_index = write_search_index(fresh, entries)
    pages.write_of_site(
        sets=newest_first,
        card=previews.card_of_site(covers.of_site.photo if covers.of_site else None),
        cover=covers.of_site,
        cover_person=_person_on(stack, people, covers.of_site),
        covers=covers.of_sets,
        search_index=f"/{search_index}",
        suggestions=suggestions(entries),
    )
    write_titles(fresh, newest_first)
    write_withdrawn(fresh, pages, config, stack.shared_url)
    skeleton = pages.render_skeleton()
    (fresh / SKELETON_KEY).parent.mkdir(exist_ok=True)
    (fresh / SKELETON_KEY).write_text(skeleton, encoding="utf-8")
    photo_pages: Makers = {}
    cards = {name: known.card for name, known in changes.known.items()}
    for shown in changes.rendered:
        is_everywhere = access.is_everywhere(shown.name)
        # Nobody may fetch the card of a set whose pages they can't see, and all cards are in one folder.
        cards[shown.name] = previews.card_of_set(shown) if is_everywhere else None
        who = read_set_people(stack, people, shown, is_everywhere=is_everywhere)
        pages.write_of_set(shown, card=cards[shown.name], in_set=who.people, is_everywhere=is_everywhere)
        photo_pages |= _photo_pages(skeleton, shown, who)
    for person in people_changes.rendered:
        pages.write_of_person(person)
    if stack.shared_url:
        write_announcements(fresh, config, stack.shared_url, newest_first, changes.rendered)
    kept = {card.removeprefix("/") for card in cards.values() if card}
    kept |= {file for slug in people_changes.known for file in pages.files_of_person(slug)}
    shutil.rmtree(dist, ignore_errors=True)
    fresh.rename(dist)
    return Site(
        dist,
        photo_pages | previews.makers,
        unchanged=changes.known.keys(),
        rendered={shown.name for shown in changes.rendered},
        kept=kept,
        unchanged_people=people_changes.known,
        people=people,
        published=changes.to_remember(search_index, covers, cards, people_changes.to_remember()),
    )


def _person_on(stack: Stack, people: People, cover: Cover | None) -> ShownPerson | None:
    """Who it is that stands out on a cover, if that is somebody with a name."""
    if cover is None or cover.face_id is None:
        return None
    return whose_face(stack, people, cover.path, cover.face_id)


def _photo_pages(skeleton: str, shown: ShownSet, who: SetPeople) -> Makers:
    """How to make the page of each photo of a set; another set's has its own."""
    photos = shown.own
    return {
        page_key(path_of(photo)): partial(
            render_photo_page,
            skeleton,
            photo,
            shown.title,
            before=photos[index - 1] if index else None,
            after=photos[index + 1] if index + 1 < len(photos) else None,
            people=[(person.name, person.path) for person in who.on_photos.get(photo.sortkey, ())],
        )
        for index, photo in enumerate(photos)
    }


@click.command()
@click.option("--stack", "stack_name", default=STACK_NAME, envvar="KINPICS_STACK", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / ".kinpics", envvar="KINPICS_DATA")
@click.option("--dist", type=click.Path(path_type=Path), default=ROOT / "dist", show_default="dist")
def main(stack_name: str, data: Path, dist: Path) -> None:
    """Render the site into a folder, without the photos' own pages; doesn't publish. `kinpics publish` does both."""
    echo(build(connect(stack_name, data.resolve()), dist.resolve()).folder)


if __name__ == "__main__":
    main()
