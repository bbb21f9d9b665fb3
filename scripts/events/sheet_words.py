"""What posters and table cards say, in one of the site's languages."""

from dataclasses import dataclass

from scripts.site.translations import Translator


@dataclass(frozen=True)
class SheetWords:
    """The words of a sheet besides the event's title; ``password`` is empty if guests meet none."""

    call: str
    steps: tuple[str, str, str]
    promise: str
    password: str = ""


def sheet_words(translator: Translator, *, is_at_once: bool, is_home: bool = False) -> SheetWords:
    """The words in a language. Guests are told whether their photos wait for the host and, where ``is_home``, what the
    home network asks of their phones first.
    """
    _ = translator.translations.gettext
    scan, choose = _("Point your phone's camera at the code"), _("Choose the photos you took")
    password = _("Go on past the warning, and ask your host for the password")
    return SheetWords(
        call=_("Scan to add your photos"),
        steps=(scan, password, choose) if is_home else (scan, choose, _("That's it: no app, no account")),
        promise=_("Everybody sees them at once.") if is_at_once else _("Your host sees them first."),
        password=_("Ask your host for the password.") if is_home else "",
    )
