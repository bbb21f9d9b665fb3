"""What posters and table cards say, in one of the site's languages."""

from dataclasses import dataclass

from scripts.site.translations import Translator


@dataclass(frozen=True)
class SheetWords:
    """The words of a sheet besides the event's title."""

    call: str
    steps: tuple[str, str, str]
    promise: str


def sheet_words(translator: Translator, *, is_at_once: bool) -> SheetWords:
    """The words in a language; guests are told whether their photos wait for the host."""
    _ = translator.translations.gettext
    return SheetWords(
        call=_("Scan to add your photos"),
        steps=(
            _("Point your phone's camera at the code"),
            _("Choose the photos you took"),
            _("That's it: no app, no account"),
        ),
        promise=_("Everybody sees them at once.") if is_at_once else _("Your host sees them first."),
    )
