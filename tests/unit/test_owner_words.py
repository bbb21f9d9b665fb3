"""The owner's words about a photo outlive its processing."""

from functions.owner_words import keep_owner_words, reword
from functions.photo_rows import Photo


def photo(**words: object) -> Photo:
    return Photo(primarykey="set", sortkey="a.jpg", **words)


IN_FILE = {"title": "In the file", "caption": "Also in the file"}
OF_FILE = photo(**IN_FILE)


def told(row: Photo) -> tuple[str | None, str | None, list | None]:
    return row.title, row.caption, row.owner_words


def test_the_owners_words_replace_the_files_and_can_be_taken_back() -> None:
    reworded = reword(OF_FILE, {"title": "Mine"})
    assert told(reworded) == ("Mine", "Also in the file", ["title"])
    assert told(reword(reworded, {"title": "Mine too"})) == ("Mine too", "Also in the file", ["title"])
    assert reword(reworded, {"title": None, "caption": None}, IN_FILE) == OF_FILE


def test_an_empty_text_shows_none_and_leaves_the_files_in_the_file() -> None:
    silent = reword(OF_FILE, {"caption": ""})
    assert told(silent) == ("In the file", None, ["caption"])
    assert told(keep_owner_words(OF_FILE, silent)) == told(silent)
    assert IN_FILE["caption"] not in str(silent)
    assert reword(silent, {"caption": None}, IN_FILE) == OF_FILE


def test_a_photo_without_words_gets_the_owners() -> None:
    assert told(reword(photo(), {"caption": "Mine"})) == (None, "Mine", ["caption"])
    assert reword(reword(photo(), {"caption": "Mine"}), {"caption": None}, {"caption": None}) == photo()


def test_new_processing_keeps_the_owners_words() -> None:
    old = reword(OF_FILE, {"title": "Mine"})
    new = keep_owner_words(photo(title="New title", caption="New caption"), old)
    assert told(new) == ("Mine", "New caption", ["title"])


def test_what_others_wrote_there_is_not_the_owners() -> None:
    assert keep_owner_words(OF_FILE, photo(owner_words=["width", {}])) == OF_FILE
    assert keep_owner_words(OF_FILE, None) == OF_FILE
