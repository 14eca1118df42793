"""What was handled already: the last sequence of each record, so that a repeat is told from something new."""

import sqlite3
from pathlib import Path
from typing import Protocol

from plexus_crm.event import Event


class Seen(Protocol):
    """Remembers, per record, how far its events were handled."""

    def is_new(self, event: Event) -> bool:
        """Tell whether the event comes behind everything handled of its record."""

    def mark(self, event: Event) -> None:
        """Remember that the event was handled."""


class MemorySeen:
    """For as long as the process runs."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[int, int]] = {}

    def is_new(self, event: Event) -> bool:
        """Compare by epoch, then by sequence."""
        return _at(event) > self._last.get(event.place, (0, 0))

    def mark(self, event: Event) -> None:
        """Keep the event's epoch and sequence."""
        self._last[event.place] = _at(event)


class FileSeen:
    """In a SQLite file, so that it outlives the process."""

    def __init__(self, path: str | Path) -> None:
        self._database = sqlite3.connect(path, autocommit=True, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS seen (kind TEXT, key TEXT, epoch INTEGER, sequence INTEGER, "
            "PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def is_new(self, event: Event) -> bool:
        """Compare by epoch, then by sequence."""
        found = self._database.execute(
            "SELECT epoch, sequence FROM seen WHERE kind = ? AND key = ?", event.place
        ).fetchone()
        return _at(event) > (found or (0, 0))

    def mark(self, event: Event) -> None:
        """Keep the event's epoch and sequence."""
        self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (*event.place, *_at(event)))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _at(event: Event) -> tuple[int, int]:
    return event.envelope.epoch, event.envelope.sequence
