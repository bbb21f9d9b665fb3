"""The tables of the file that keeps collections, faces and users."""

import sqlite3
import uuid

_SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (id TEXT NOT NULL, collections INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS collections (id TEXT PRIMARY KEY, created REAL NOT NULL, faces INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS faces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    face_id TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    external_image_id TEXT,
    image_digest TEXT NOT NULL,
    bounding_box TEXT NOT NULL,
    confidence REAL NOT NULL,
    descriptor BLOB NOT NULL,
    user_id TEXT,
    engine TEXT
);
CREATE INDEX IF NOT EXISTS faces_by_image ON faces (collection, image_digest, external_image_id);
CREATE INDEX IF NOT EXISTS faces_by_user ON faces (collection, user_id) WHERE user_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS users (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    UNIQUE (collection, user_id)
);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT, created REAL NOT NULL);
"""


def create_tables(db: sqlite3.Connection) -> None:
    """Create the tables a file lacks. Raises ``sqlite3.DatabaseError`` for a file of another kind."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and not {"collections", "faces", "users", "tokens"} <= tables:
        raise sqlite3.DatabaseError("it has no faces")
    if "faces" in tables and "engine" not in _columns(db, "faces"):
        # Made by a release that had one engine only.
        db.execute("ALTER TABLE faces ADD COLUMN engine TEXT")
    if "identity" in tables:
        return
    db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
    if "faces" not in _columns(db, "collections"):
        # Made by the first release, which kept no counts.
        db.execute("ALTER TABLE collections ADD COLUMN faces INTEGER NOT NULL DEFAULT 0")
        db.execute("UPDATE collections SET faces = (SELECT count(*) FROM faces WHERE collection = collections.id)")
    db.execute("INSERT INTO identity SELECT ?, count(*) FROM collections", (str(uuid.uuid4()),))
    db.execute("COMMIT")


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
