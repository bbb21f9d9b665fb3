"""The cards of a site: what links to it and to its sets show as their picture (Open Graph).

A card's name contains a hash of its content, so each is made once, and a site that kept an old one fetches the new one.
"""

import hashlib
import io
import json
from collections.abc import Callable

from botocore.exceptions import ClientError
from PIL import Image

from functions.aws_errors import is_not_found
from functions.crops import Area
from functions.keys import ImagePath
from functions.photo_rows import Photo
from scripts.common.config import SiteConfig
from scripts.common.stack import Stack
from scripts.site.cards import VERSION, compose, look_of
from scripts.site.shown import ShownSet, extent, path_of
from scripts.site.theme import Theme
from scripts.site.translations import Translator

CARDS_FOLDER = "cards"


class Previews:
    """Plans cards, in one language; ``makers`` says how to make each, by its key in the site bucket."""

    def __init__(self, stack: Stack, config: SiteConfig, theme: Theme, translator: Translator):
        self._stack = stack
        self._translator = translator
        self._config = config
        self._look = look_of(theme)
        self.makers: dict[str, Callable[[], bytes]] = {}

    def card_of_site(self, cover: Photo | None) -> str | None:
        """Path of the front page's card, which shows its ``cover``; None if the owner wants no cards."""
        return self._plan(self._config.title, self._config.description, cover)

    def card_of_set(self, shown: ShownSet) -> str | None:
        """The same for a set, with its own cover."""
        return self._plan(shown.title, extent(shown, self._translator), shown.cover)

    def _plan(self, title: str, line: str, cover: Photo | None) -> str | None:
        if not self._config.link_previews:
            return None
        path = path_of(cover) if cover else None
        content = json.dumps([VERSION, repr(self._look), title, line, path, cover.etag if cover else None])
        key = f"{CARDS_FOLDER}/{hashlib.sha256(content.encode()).hexdigest()[:20]}.jpg"
        self.makers[key] = lambda: compose(self._look, title, line, *self._read(path))
        return f"/{key}"

    def _read(self, path: ImagePath | None) -> tuple[Image.Image | None, list[Area]]:
        """A photo's large rendition, if there is one, and its faces."""
        if path is None:
            return None, []
        try:
            body = self._stack.s3.get_object(Bucket=self._stack.outputs.thumbnails_bucket, Key=path.large_key)["Body"]
        except ClientError as error:
            if is_not_found(error):
                return None, []
            raise
        photo = self._stack.photos.get_photo(path)
        return Image.open(io.BytesIO(body.read())), photo.poster_boxes if photo else []
