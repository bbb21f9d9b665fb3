"""The changes of the data folder's format since the first release, oldest first.

A release that stores something differently adds a step here and raises `local.journal.FORMAT` to its number.
"""

from local.folder_format import Migration
from local.older_journal import sort_cells

MIGRATIONS: tuple[Migration, ...] = (
    Migration(2, "rows and objects are sorted, so that they can be read from the disk one by one", sort_cells),
)
