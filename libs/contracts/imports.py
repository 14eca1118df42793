"""What an import tells of itself: how far it has come, and nothing of what stands in its rows."""

from datetime import datetime
from uuid import UUID

from libs.common.events import Event, State


class ImportState(State):
    """A table of records on its way in; `mapping` says which field each column fills, by its number.

    Neither the file's name nor anything that stands in it is told.
    """

    id: UUID
    owner_id: UUID | None
    object: str
    format: str
    size_bytes: int
    status: str
    mapping: dict[str, str]
    match_by: str | None = None
    on_match: str
    reason: str | None = None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    deleted_at: datetime | None = None


class ImportFact(Event):
    """A step of one import; the records that it makes tell of themselves."""

    import_id: UUID
    state: ImportState


class ImportCounted(ImportFact):
    """A step that says how far the import has come, in rows below the header."""

    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
