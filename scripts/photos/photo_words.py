"""What the owner writes about photos and sets: checked, and written photo by photo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.dates import timestamp
from functions.keys import BadNameError, ImagePath, parse_image_path
from functions.owner_texts import BadTextError, check_text
from functions.process.images import read_file_words
from scripts.common.csv_table import read_table
from scripts.common.stack import Stack
from scripts.photos.originals import PhotoNotFoundError


@dataclass
class Captions:
    """The owner's words by photo, as a table has them, notes on reading it, and rows that name no photo."""

    words: dict[ImagePath, dict[str, str | None]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def read_captions(table: Path) -> Captions:
    """A CSV with the columns photo (``SET/FILE``), title and caption; an empty cell changes nothing.

    Raises ``FolderError``.
    """
    rows = read_table(table, needed=("photo",), others=("title", "caption"))
    found = Captions(notes=rows.notes)
    for name, row in rows.rows.items():
        try:
            words = {text: check_text(text, row[text]) for text in ("title", "caption") if row.get(text, "").strip()}
            if words:
                found.words[parse_image_path(name)] = dict(words)
        except (BadNameError, BadTextError) as error:
            found.failures[name] = str(error)
    return found


def write_words(stack: Stack, path: ImagePath, words: Mapping[str, str | None]) -> None:
    """Give a photo the owner's words, as `functions.owner_words` has them.

    Raises ``PhotoNotFoundError``, and ``UnusableImageError`` where the file's own words are wanted and can't be read.
    """
    in_file = _words_in_file(stack, path) if None in words.values() else None
    if not stack.writer.reword_photo(path, words, timestamp(), in_file):
        raise PhotoNotFoundError(f"there is no photo {path} on the site: check the name")


def _words_in_file(stack: Stack, path: ImagePath) -> dict[str, str | None]:
    try:
        data = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=path.key)["Body"].read()
    except ClientError as error:
        if is_not_found(error):
            raise PhotoNotFoundError(f"there is no original of {path}: check the name") from None
        raise
    words = read_file_words(data)
    return {"title": words.title, "caption": words.caption}
