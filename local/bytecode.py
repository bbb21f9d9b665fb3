"""What Python compiles of a function's code, kept for its next process, and for others that have the same modules: each
process has its code in a folder of its own, and compiling all of it is half of a function's start.
"""

import hashlib
import marshal
import os
import types
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any


def keep_bytecode(code: Path, kept: Path) -> None:
    """From now on, this process takes what is kept of modules below ``code``, and keeps what it compiles of them.

    ``kept`` is a folder that nobody else may write to.
    """
    compiled = SourceFileLoader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **options: Any) -> types.CodeType:
        place = Path(path)
        if not place.is_relative_to(code):
            return compiled(self, data, path, **options)
        # The code knows its file by this name, in whichever folder: a function runs in its own.
        name = str(place.relative_to(code))
        file = kept / hashlib.sha256(b"\0".join([MAGIC_NUMBER, name.encode(), data])).hexdigest()
        try:
            return marshal.loads(file.read_bytes())  # type: ignore[no-any-return] # noqa: S302 - this stack's own
        except (OSError, ValueError, EOFError, TypeError):
            found = compiled(self, data, name, **options)
            _write(file, marshal.dumps(found))
            return found

    SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign]


def _write(file: Path, data: bytes) -> None:
    """Write it as a whole, unless the disk is full: it can always be compiled again."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
