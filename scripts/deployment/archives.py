"""Built functions as archives, made once for each build: `sam package` would make them again for each bucket."""

import re
import zipfile
from pathlib import Path

# A fixed modification time, so that the same files make the same archive.
_TIME = (1980, 1, 1, 0, 0, 0)
_BUILT = re.compile(r"^(\s+CodeUri: )(\w+Function)$", re.MULTILINE)


def archive_functions(template: Path, level: int) -> None:
    """Make an archive of each function's folder beside a built template, and have the template name these.

    ``level`` is zlib's, from 1 for quick to 9 for small.
    """
    text = template.read_text(encoding="utf-8")
    for _, name in _BUILT.findall(text):
        folder = template.parent / name
        with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                _add(archive, path, path.relative_to(folder).as_posix(), level)
    template.write_text(_BUILT.sub(r"\1\2.zip", text), encoding="utf-8")


def _add(archive: zipfile.ZipFile, path: Path, name: str, level: int) -> None:
    about = zipfile.ZipInfo(name, _TIME)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = (path.stat().st_mode & 0xFFFF) << 16  # programs can be run
    archive.writestr(about, path.read_bytes(), compresslevel=level)
