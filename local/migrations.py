"""The changes of the data folder's format since the first release, oldest first.

A release that stores something differently adds a step here and raises `local.journal.FORMAT` to its number.
"""

from local.folder_format import Migration

MIGRATIONS: tuple[Migration, ...] = ()
