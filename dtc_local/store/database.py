"""Opens the SQLite file safely and turns what SQLite says into one sentence.

A file that is not ours is never written to: ours carry an application id, and their migrations are all known here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from dtc_local.errors import UserError
from dtc_local.store.schema import migrations

APPLICATION_ID = 0x4454434C  # "DTCL", in the header of every file of ours
BUSY_SECONDS = 30.0
"""How long to wait for another process's transaction; ours last milliseconds."""
STRICT_TABLES = (3, 37, 0)
ELSEWHERE = "Name another file with --db."


@contextmanager
def rollback_on_error(db: Database) -> Iterator[None]:
    """Undo the open transaction where the block fails."""
    try:
        yield
    except BaseException:
        db.rollback()
        raise


class Connection:
    """A checked, migrated database whose every statement reports trouble as a sentence."""

    def __init__(self, path: Path, create: bool = True) -> None:
        self.path = path
        if sqlite3.sqlite_version_info < STRICT_TABLES:
            raise UserError(
                f"This Python's SQLite is {sqlite3.sqlite_version}; strict tables need 3.37.",
                "Use a Python with a newer SQLite.",
            )
        if not create and not path.exists():
            raise UserError(
                f"There is no database {path}.",
                "Import tools first (dtc-local tools import FILE), or name it with --db.",
            )
        if path.is_dir() or not path.parent.is_dir():
            wrong = "is a folder" if path.is_dir() else "lies in a folder that does not exist"
            raise UserError(f"The database {path} {wrong}.", ELSEWHERE)
        with self.sentences():
            self.db = Database(sqlite3.connect(path, timeout=BUSY_SECONDS), execute_plugins=False)
            try:
                self._prepare()
            except BaseException:
                self.db.close()
                raise

    def rows(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query."""
        with self.sentences():
            return list(self.db.query(sql, params))

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All or nothing: the block's changes are committed together, or not at all.

        The write lock is taken at once: a transaction that reads first and writes later is refused without any waiting
        where another process wrote in between.
        """
        with self.sentences():
            self.db.execute("BEGIN IMMEDIATE")
            with rollback_on_error(self.db):
                yield self.db
                self.db.commit()

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Errors of the file become `UserError`; errors in our own SQL stay what they are."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.OperationalError as error:
            raise self._operational(error) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
                raise
            raise UserError(f"The database {self.path} cannot be read: {error}.", ELSEWHERE) from error

    def _operational(self, error: sqlite3.OperationalError) -> Exception:
        said = str(error)
        if "locked" in said or "busy" in said:
            return UserError(
                f"The database {self.path} has been locked by another process for {BUSY_SECONDS:.0f} seconds.",
                "Wait for it to end, or name another file with --db.",
            )
        if "no such module" in said:
            return UserError(
                f"The database {self.path} has a full-text index, and this Python's SQLite has no FTS5.", ELSEWHERE
            )
        if any(word in said for word in ("readonly", "unable to open", "disk", "full", "I/O", "permission")):
            return UserError(f"The database {self.path} cannot be used: {said}.", ELSEWHERE)
        return error

    def _prepare(self) -> None:
        marker = self._pragma("application_id")
        if marker != APPLICATION_ID and (marker or self.db.table_names()):
            raise UserError(f"The database {self.path} belongs to another program.", ELSEWHERE)
        self.db.execute("PRAGMA foreign_keys = ON")
        known = {migration.name for migration in migrations._migrations}
        unknown = {applied.name for applied in migrations.applied(self.db)} - known
        if unknown:
            raise UserError(
                f"The database {self.path} was made by a newer version of dtc-local ({', '.join(sorted(unknown))}).",
                "Update dtc-local, or name another file with --db.",
            )
        if migrations.pending(self.db):
            self._migrate()

    def _migrate(self) -> None:
        """Bring the file up to date in one transaction; a process that comes second finds nothing left to do."""
        self.db.enable_wal()
        with self.transaction() as db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.apply(db)

    def _pragma(self, name: str) -> int:
        return int(self.db.execute(f"PRAGMA {name}").fetchone()[0])

    def close(self) -> None:
        """Close the file; SQLite then folds its side files back into it."""
        self.db.close()
