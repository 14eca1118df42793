"""A subject: a person whose data this service created, and the key that all of it is sealed under."""

from datetime import datetime
from typing import Self, cast
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import DataKey, KekRing
from libs.common.db import Aggregate, Base
from libs.common.events import Event
from libs.common.ids import text_of
from libs.contracts.subjects import SubjectKeyFact, SubjectKeyState

_FRESH = "_fresh_key"


class SubjectKey(Aggregate, Base):
    """The wrapped data key of one subject; blank once he is erased, and nothing is written for him again."""

    __tablename__ = "subject_key"

    service: Mapped[str]
    wrapped: Mapped[str | None]
    erased_at: Mapped[datetime | None]
    linked: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))

    @classmethod
    def mint(cls, service: str, subject_id: UUID, ring: KekRing, now: datetime) -> Self:
        """Make a subject and his key; record it before the first event that is sealed under it."""
        key = DataKey.mint(text_of(subject_id))
        made = cls(
            id=subject_id, service=service, wrapped=ring.wrap(key), linked=[], created_at=now, updated_at=now
        )
        made.__dict__[_FRESH] = key
        made._record("minted", now)
        return made

    @property
    def fresh(self) -> DataKey | None:
        """The key itself, where it was minted in this very transaction and not destroyed since."""
        key: DataKey | None = self.__dict__.get(_FRESH)
        return None if self.erased_at else key

    def link(self, other: UUID, now: datetime) -> None:
        """Say that another subject is the same person: an erasure takes both. Twice is once."""
        if other != self.id and other not in self.linked:
            self.linked = sorted({*self.linked, other})
            self.updated_at = now
            self._record("linked", now)

    def rewrap(self, ring: KekRing, now: datetime) -> bool:
        """Put the key under the current KEK and say so; False for who is erased, and where it is already.

        Raises Unreadable when the KEK that it is under is gone.
        """
        if self.wrapped is None or ring.is_current(self.wrapped):
            return False
        self.wrapped, self.updated_at = ring.wrap(ring.unwrap(text_of(self.id), self.wrapped)), now
        self._record("rewrapped", now)
        return True

    def erase(self, now: datetime) -> None:
        """Destroy the key, for good; erasing twice is erasing once."""
        if self.erased_at is None:
            self.wrapped, self.erased_at, self.updated_at = None, now, now
            self._record("erased", now)

    def state(self) -> SubjectKeyState:
        """Return what other services may know of the subject."""
        return SubjectKeyState(
            subject_id=self.id, wrapped=self.wrapped, erased_at=self.erased_at, linked=tuple(self.linked)
        )

    def _record(self, verb: str, now: datetime) -> None:
        kind = cast("type[SubjectKeyFact]", Event.registry[f"{self.service}.subject-key.{verb}.v1"])
        self.record(kind(subject_id=self.id, occurred_at=now, state=self.state()))
