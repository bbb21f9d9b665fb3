"""Backups of a laptop stack's data folder, made while it runs.

A backup is a folder. ``<moment>/`` has copies of the databases as they were at one moment, and of whatever else lies in
the data folder; ``objects/`` has the bytes of objects, which are never changed, so that the next backup only adds to
them. ``SHA256SUMS`` lists all files of a whole backup, as the command ``sha256sum`` does. It is written last: until
then the list of the backup before stands, with all its files.
"""

from functions.errors import KinpicsError


class BackupError(KinpicsError):
    """A backup can't be made, used or put back; the message says why and what to do."""
