"""The pages about the home network, rendered when they are asked for: the login, and how to reach the album."""

import functools
import math

import jinja2
import segno
from markupsafe import Markup

from functions.languages import AUTO
from local.home.front_door import AUTHORITY_FILE, HOME_PAGE
from local.home.network import Reach
from local.home.sessions import SESSION_SECONDS
from scripts.common.config import ROOT, SiteConfig, ThemeConfig
from scripts.site.pages import make_environment
from scripts.site.translations import Translator

# Their own names, in any language.
_DEVICES = {
    "iphone": "iPhone, iPad",
    "android": "Android",
    "mac": "Mac",
    "windows": "Windows",
    "firefox": "Firefox, Linux",
}
_FOLDERS = (ROOT / "theme" / "templates", ROOT / "site" / "templates")


class RenderedHomePages:
    """In the visitor's language, or in the site's only one."""

    def __init__(self, config: SiteConfig, look: ThemeConfig):
        self._config = config
        self._theme = look.name
        self._templates = functools.cache(self._make_templates)

    def login(self, language: str, to: str, *, is_wrong: bool = False, wait: int = 0) -> bytes:
        """Asks for the password, then leads to ``to``; ``wait`` in seconds."""
        templates, translator = self._templates(self._language(language))
        _, ngettext = translator.translations.gettext, translator.translations.ngettext
        problem = ""
        if is_wrong:
            problem = _("That's not the password. Try again.")
        elif wait:
            number = math.ceil(wait / 60)
            wording = ngettext(
                "Too many wrong tries. Try again in %(num)s minute.",
                "Too many wrong tries. Try again in %(num)s minutes.",
                number,
            )
            problem = wording % {"num": translator.number(number)}
        return templates.get_template("home/login.html").render(to=to, problem=problem).encode()

    def logged_in(self, language: str) -> bytes:
        """Says so, and lets one log out."""
        templates, _ = self._templates(self._language(language))
        return templates.get_template("home/logged_in.html").render(session_days=SESSION_SECONDS // 86_400).encode()

    def reach(self, language: str, reach: Reach | None) -> bytes:
        """Says how to reach the album; None if it isn't open to the home network."""
        templates, _ = self._templates(self._language(language))
        code = ""
        if reach:
            code = Markup(code_of(reach.addresses[0]).svg_inline(omitsize=True, light="#fff"))  # noqa: S704 - segno's own
        return templates.get_template("home/reach.html").render(reach=reach, code=code).encode()

    def _language(self, language: str) -> str:
        return language if self._config.language == AUTO else self._config.language

    def _make_templates(self, language: str) -> tuple[jinja2.Environment, Translator]:
        translator = Translator(language)
        known = {
            "language": language,
            "theme": self._theme,
            "site": translator.with_default_texts(self._config),
            "home_page": HOME_PAGE,
            "authority_file": AUTHORITY_FILE,
            "devices": _DEVICES,
        }
        return make_environment(_FOLDERS, translator, known), translator


def code_of(address: str) -> segno.QRCode:
    """The QR code that leads to an address."""
    return segno.make(address, error="m", micro=False)
