"""Carries the owner's words about a photo, and about its set, along when the file is moved."""

from functions.dates import timestamp
from functions.keys import ImagePath
from functions.owner_texts import SET_TEXTS
from functions.owner_words import owned_words
from scripts.common.stack import Stack


def take_words_along(stack: Stack, photo: ImagePath, source: ImagePath, *, is_set_gone: bool) -> None:
    """Give a moved photo the owner's words about the photo it was, and let it be its set's cover if that was.

    If the whole set has moved, the new set gets its title, description, date and place.
    """
    old = stack.photos.get_photo(source)
    words = owned_words(old) if old else {}
    if words:
        stack.writer.reword_photo(photo, words, timestamp())
    old_set = stack.photos.get_set(source.set_name)
    if old_set is None:
        return
    if old_set.pic_chosen and old_set.pic == source.file:
        stack.writer.choose_cover(photo, timestamp())
    new_set = stack.photos.get_set(photo.set_name)
    if is_set_gone and new_set and not new_set.title and not new_set.description:
        texts = {name: getattr(old_set, name) or "" for name in SET_TEXTS}
        if any(texts.values()):
            stack.writer.describe_set(photo.set_name, texts, timestamp())
