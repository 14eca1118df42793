"""An import: a table of contacts or accounts on its way in."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ImportCancelled,
    ImportCheckFinished,
    ImportCheckStarted,
    ImportFinished,
    ImportMapped,
    ImportStarted,
    ImportStopped,
    ImportUploaded,
)
from libs.contracts.imports import ImportFact, ImportState

register(
    {
        "import-begun": ("Part of the import is done", "导入已部分完成"),
        "import-busy": ("The import is running", "导入正在进行"),
        "import-over": ("The import is over", "导入已结束"),
        "import-not-running": ("The import is not running", "导入未在进行"),
        "mapping-unfit": ("The mapping does not fit the table", "字段映射与表格不符"),
        "mapping-incomplete": ("A required field has no column", "必填字段没有对应的列"),
    }
)


class Status(StrEnum):
    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"
    CANCELLED = "cancelled"


BUSY = frozenset({Status.CHECKING, Status.RUNNING})
OVER = frozenset({Status.FINISHED, Status.CANCELLED})


class Import(Aggregate, Base):
    """How far it has come stands beside it and changes without a version: it moves with every chunk."""

    __tablename__ = "import"

    owner_id: Mapped[UUID | None]
    # The API key that it was started with: what that allows bounds what the import may do.
    key_id: Mapped[UUID | None]
    object: Mapped[str]
    format: Mapped[str]
    size_bytes: Mapped[int]
    status: Mapped[str]
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @classmethod
    def upload(cls, owner_id: UUID, details: Mapping[str, Any], now: datetime) -> Self:
        """Take a table in; `details` holds object, format, size_bytes, mapping and options."""
        made = cls(
            id=new_id(),
            owner_id=owner_id,
            status=Status.UPLOADED,
            created_at=now,
            updated_at=now,
            **details,
        )
        made._tell(ImportUploaded, now)
        return made

    def map(self, details: Mapping[str, Any], now: datetime) -> None:
        """Say what fills which field, and how; `details` may hold object, mapping and options."""
        self._ask_idle()
        self._ask_unbegun()
        if all(getattr(self, name) == value for name, value in details.items()):
            return
        for name, value in details.items():
            setattr(self, name, value)
        self.status = Status.UPLOADED
        self.updated_at = now
        self._tell(ImportMapped, now)

    def start_check(self, key_id: UUID | None, now: datetime) -> None:
        """Begin a dry run."""
        self._ask_idle()
        self._ask_unbegun()
        self._begin(Status.CHECKING, key_id, now)
        self._tell(ImportCheckStarted, now)

    def start(self, key_id: UUID | None, now: datetime) -> bool:
        """Begin, or go on after a stop; tell whether it is the beginning."""
        self._ask_idle()
        is_first = self.status != Status.STOPPED
        self._begin(Status.RUNNING, key_id, now)
        self.started_at = self.started_at or now
        self._tell(ImportStarted, now)
        return is_first

    def finish(self, counts: Mapping[str, int], now: datetime) -> None:
        """Note that every row was dealt with."""
        self._ask_busy()
        checked = self.status == Status.CHECKING
        self.status = Status.CHECKED if checked else Status.FINISHED
        self.updated_at = now
        self.finished_at = None if checked else now
        self._tell(ImportCheckFinished if checked else ImportFinished, now, **counts)

    def stop(self, reason: str, counts: Mapping[str, int], now: datetime) -> None:
        """Note why it cannot go on; `reason` is a problem's slug."""
        self._ask_busy()
        # Of a dry run nothing is left to go on with.
        self.status = Status.UPLOADED if self.status == Status.CHECKING else Status.STOPPED
        self.reason, self.updated_at = reason, now
        self._tell(ImportStopped, now, **counts)

    def cancel(self, counts: Mapping[str, int], now: datetime) -> None:
        """End it for good, wherever it stands."""
        if self.status in OVER:
            raise Conflict("import-over", id=self.id)
        self.status, self.updated_at, self.finished_at = Status.CANCELLED, now, now
        self._tell(ImportCancelled, now, **counts)

    def state(self) -> ImportState:
        """Return the public read shape: nothing of what stands in the file."""
        return ImportState.model_validate(
            {name: getattr(self, name, None) for name in ImportState.model_fields}
            | {name: self.options.get(name) for name in ("match_by", "on_match")}
        )

    def _begin(self, status: Status, key_id: UUID | None, now: datetime) -> None:
        self.status, self.key_id, self.reason, self.updated_at = status, key_id, None, now

    def _ask_idle(self) -> None:
        if self.status in OVER:
            raise Conflict("import-over", id=self.id)
        if self.status in BUSY:
            raise Conflict("import-busy", id=self.id)

    def _ask_unbegun(self) -> None:
        if self.status == Status.STOPPED:
            raise Conflict("import-begun", id=self.id)

    def _ask_busy(self) -> None:
        if self.status not in BUSY:
            raise Conflict("import-not-running", id=self.id)

    def _tell(self, fact: type[ImportFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(import_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
