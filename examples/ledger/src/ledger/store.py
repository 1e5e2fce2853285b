"""The journal on disk: append-only tables in SQLite, every value bound as a parameter."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Final, Self

from ledger.errors import ConflictError, NotFoundError
from ledger.journal import Entry, Posting
from ledger.money import Money

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entry (
    reference TEXT PRIMARY KEY,
    occurred_on TEXT NOT NULL,
    description TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS posting (
    reference TEXT NOT NULL REFERENCES entry (reference),
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor <> 0),
    PRIMARY KEY (reference, line)
) STRICT;
CREATE INDEX IF NOT EXISTS posting_account ON posting (account);
CREATE TRIGGER IF NOT EXISTS entry_kept BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_not_removed BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER IF NOT EXISTS posting_kept BEFORE UPDATE ON posting
    BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER IF NOT EXISTS posting_not_removed BEFORE DELETE ON posting
    BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
"""


class Store:
    """All reading and writing of the journal."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the database file."""
        self._connection.close()

    def post(self, entry: Entry, recorded_by: str) -> None:
        """Write the entry and all its postings, or nothing."""
        with self._connection as connection:
            try:
                connection.execute(
                    "INSERT INTO entry VALUES (?, ?, ?, ?)",
                    (
                        entry.reference,
                        entry.occurred_on.isoformat(),
                        entry.description,
                        recorded_by,
                    ),
                )
            except sqlite3.IntegrityError:
                raise ConflictError("an entry with this reference exists") from None
            connection.executemany(
                "INSERT INTO posting VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        entry.reference,
                        line,
                        posting.account,
                        posting.amount.currency,
                        posting.amount.minor,
                    )
                    for line, posting in enumerate(entry.postings, start=1)
                ],
            )

    def entry(self, reference: str) -> Entry:
        """Return the entry posted under this reference."""
        row = self._connection.execute(
            "SELECT occurred_on, description FROM entry WHERE reference = ?", (reference,)
        ).fetchone()
        if row is None:
            raise NotFoundError("there is no entry with this reference")
        lines = self._connection.execute(
            "SELECT account, currency, minor FROM posting WHERE reference = ? ORDER BY line",
            (reference,),
        )
        postings = tuple(
            Posting(account, Money(currency, minor)) for account, currency, minor in lines
        )
        return Entry(reference, date.fromisoformat(row[0]), row[1], postings)

    def balance(self, account: str, as_of: date) -> list[Money]:
        """Return the balance of one account at the end of a day, one amount a currency."""
        rows = self._connection.execute(
            "SELECT currency, SUM(minor) FROM posting JOIN entry USING (reference)"
            " WHERE account = ? AND occurred_on <= ? GROUP BY currency ORDER BY currency",
            (account, as_of.isoformat()),
        )
        return [Money(currency, minor) for currency, minor in rows]

    def trial_balance(self) -> list[Posting]:
        """Return the balance of every account, in order of account and currency."""
        rows = self._connection.execute(
            "SELECT account, currency, SUM(minor) FROM posting"
            " GROUP BY account, currency ORDER BY account, currency"
        )
        return [Posting(account, Money(currency, minor)) for account, currency, minor in rows]
