"""Tells a full disk from other failures to write."""

import errno
import sqlite3

# EFBIG is what a limit on the size of files says.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}


def is_disk_full(error: BaseException) -> bool:
    """Whether something could not be written because the disk, or what the user may use of it, is full."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL
