"""The scripts' texts of a language, as a file of the rendered site."""

import hashlib
import json
from pathlib import Path

from scripts.site.translations import Translator


def write_script_texts(folder: Path, translator: Translator, reader: str) -> str | None:
    """Write what scripts say to a reader (``for_scripts``) in a language.

    Returns the file's URL, or None for English, which is in the scripts.
    """
    texts = translator.for_scripts(reader)
    if not texts:
        return None
    code = f"export default {json.dumps(texts, ensure_ascii=False, separators=(',', ':'))};\n".encode()
    name = f"{translator.language}-{hashlib.sha256(code).hexdigest()[:8].upper()}.js"
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    (assets / name).write_bytes(code)
    return f"/assets/{name}"
