"""The languages' catalogues are complete: each text of the site has a translation that can stand in its place."""

import datetime
import re

import pytest
from babel.messages.catalog import Message

from functions.languages import AUTO, ENGLISH, LANGUAGES
from scripts.common.template import load_template
from scripts.reference.catalogues import script_list, updated
from scripts.site.messages import closed_words
from scripts.site.translations import FOLDER, SCRIPT_MESSAGES, Translator, catalogue_path, read_catalogue

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
# What must stay in a translation: placeholders and markup.
FIXED = re.compile(r"%\(\w+\)s|%%|<[^>]*>")


def messages(language: str) -> list[Message]:
    return [message for message in read_catalogue(language) if message.id]


def texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def faults_of(message: Message, forms: int) -> list[str]:
    """What is wrong with a translation."""
    english, said = texts(message.id), texts(message.string)
    if message.fuzzy:
        return ["is fuzzy"]
    if len(said) != (forms if len(english) > 1 else 1):
        return [f"has {len(said)} forms"]
    if not all(said):
        return ["is not translated"]
    # The form for one thing may leave its number out.
    wanted = set(FIXED.findall(english[-1]))
    faults = [f"has {found}" for text in said if (found := set(FIXED.findall(text))) != wanted and text != said[0]]
    first = set(FIXED.findall(said[0]))
    if first != wanted and not (len(english) > 1 and first == wanted - {"%(num)s"}):
        faults.append(f"has {first}")
    if any('"' in re.sub("<[^>]*>", "", text) for text in said):
        faults.append("has a straight quotation mark, which would end an attribute")
    return faults


def test_the_list_of_the_scripts_messages_is_up_to_date() -> None:
    assert SCRIPT_MESSAGES.read_text(encoding="utf-8") == script_list(), "run `make languages`"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_the_texts_of_the_site_and_no_others(language: str) -> None:
    assert catalogue_path(language).read_text(encoding="utf-8") == updated(language), "run `make languages`"


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_has_a_translation_that_can_stand_in_its_place(language: str) -> None:
    catalogue = read_catalogue(language)
    assert not catalogue.obsolete
    assert len(messages(language)) > 100
    wrong = {texts(message.id)[0]: found for message in catalogue if message.id and (found := faults_of(message, 2))}
    assert wrong == {}, f"in {catalogue_path(language)}"


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("Saved", ""), "is not translated"),
        (Message("Saved", "Gespeichert", flags=["fuzzy"]), "is fuzzy"),
        (Message("%(day)s", "%(tag)s"), "has {'%(tag)s'}"),
        (Message("<b>Saved</b>", "Gespeichert"), "has set()"),
        (Message("Saved", '"Gespeichert"'), "has a straight quotation mark, which would end an attribute"),
        (Message(("%(num)s photo", "%(num)s photos"), ("%(num)s Foto",)), "has 1 forms"),
        (Message(("%(num)s photo", "%(num)s photos"), ("%(num)s Foto", "Fotos")), "has set()"),
        (Message(("%(num)s photo", "%(num)s photos"), ("ein Foto", "%(num)s Fotos")), None),
    ],
)
def test_a_wrong_translation_is_found(message: Message, fault: str | None) -> None:
    assert faults_of(message, 2) == ([fault] if fault else [])


def test_each_language_has_a_catalogue_and_a_place_in_the_template() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(OTHERS)
    assert load_template()["Parameters"]["Language"]["AllowedValues"] == [AUTO, *LANGUAGES]


def test_the_closed_page_says_what_the_catalogues_say() -> None:
    words = closed_words()
    for language in LANGUAGES:
        gettext = Translator(language).translations.gettext
        assert words[language] == list(map(gettext, words[ENGLISH]))


# From 17 April 2026 to each of LASTS, then that day's month, and a number. Dashes and spaces are plain here.
LASTS = (datetime.date(2026, 4, 18), datetime.date(2026, 5, 2), datetime.date(2027, 1, 3))
WRITTEN = {
    "en": "17 April 2026|17-18 April 2026|17 April - 2 May 2026|17 April 2026 - 3 January 2027|April 2026|12,345.5",
    "de": "17. April 2026|17.-18. April 2026|17. April - 2. Mai 2026"
    "|17. April 2026 - 3. Januar 2027|April 2026|12.345,5",
    "fr": "17 avril 2026|17-18 avril 2026|17 avril - 2 mai 2026|17 avril 2026 - 3 janvier 2027|avril 2026|12 345,5",
    "es": "17 de abril de 2026|17-18 de abril de 2026|17 de abril - 2 de mayo de 2026"
    "|17 de abril de 2026 - 3 de enero de 2027|abril de 2026|12.345,5",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_numbers_are_written_as_each_language_writes_them(language: str) -> None:
    translator = Translator(language)
    first = datetime.date(2026, 4, 17)
    said = [translator.dates(first, last) for last in (first, *LASTS)]
    said += [translator.month(first), translator.number(12345.5)]
    assert [re.sub(r"\s", " ", text.replace("\u2013", "-")) for text in said] == WRITTEN[language].split("|")
