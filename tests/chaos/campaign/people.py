"""What customer would have told: contacts with their keys, a segment, consents; onto its own topics."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

import orjson

from libs.common.bus import Bus, Message
from libs.common.crypto import DataKey, KekRing
from libs.common.envelope import Attributes, headers, wire
from libs.common.events import Event
from libs.common.ids import new_id
from libs.contracts.customer import (
    ConsentGiven,
    ConsentState,
    ConsentWithdrawn,
    ContactCreated,
    ContactState,
    SegmentDefined,
    SegmentMemberEntered,
    SegmentMemberState,
    SegmentState,
)
from libs.contracts.subjects import CustomerSubjectKeyMinted, SubjectKeyState
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.sealing import seal_model

PURPOSE, CHANNEL = "marketing", "email"


@dataclass(frozen=True, slots=True)
class Human:
    """A contact: his id, his key, his address."""

    id: UUID
    key: DataKey
    email: str

    @property
    def subject_id(self) -> UUID:
        return UUID(self.key.key_id)


@dataclass(slots=True)
class Crowd:
    """The people of one segment, and what is told of them."""

    bus: Bus
    ring: KekRing
    owner_id: UUID
    segment_id: UUID = field(default_factory=new_id)
    people: list[Human] = field(default_factory=list)

    async def gather(self, count: int) -> None:
        """Tell of so many contacts who are in the segment and agreed to be written to."""
        self.people = [_human(number) for number in range(count)]
        segment = SegmentState(
            id=self.segment_id, owner_id=self.owner_id, name="Everybody", kind="static", **_instants()
        )
        defined = SegmentDefined(segment_id=self.segment_id, occurred_at=segment.created_at, state=segment)
        await self._tell([(defined, 1)])
        await self._tell((self._minted(each), 1) for each in self.people)
        await self._tell((self._created(each), 1) for each in self.people)
        await self._tell((self._consent(each, ConsentGiven), 1) for each in self.people)
        await self._tell((self._entered(each), 1) for each in self.people)

    async def withdraw(self, people: Iterable[Human]) -> None:
        """Tell that these want no more mail."""
        await self._tell((self._consent(each, ConsentWithdrawn), 2) for each in people)

    def _minted(self, human: Human) -> Event:
        state = SubjectKeyState(subject_id=human.subject_id, wrapped=self.ring.wrap(human.key))
        return CustomerSubjectKeyMinted(
            subject_id=human.subject_id, occurred_at=datetime.now(UTC), state=state
        )

    def _created(self, human: Human) -> Event:
        names = {"family_name": "Li", "given_name": "Wei", "email": human.email}
        state = ContactState(
            id=human.id, subject_id=human.subject_id, owner_id=self.owner_id, **names, **_instants()
        )
        return ContactCreated(contact_id=human.id, occurred_at=state.created_at, state=state)

    def _consent(self, human: Human, kind: type[ConsentGiven | ConsentWithdrawn]) -> Event:
        is_given, now = kind is ConsentGiven, datetime.now(UTC)
        state = ConsentState(
            id=uuid5(human.id, PURPOSE),
            contact_id=human.id,
            subject_id=human.subject_id,
            purpose=PURPOSE,
            channel=CHANNEL,
            status="given" if is_given else "withdrawn",
            given_at=now,
            withdrawn_at=None if is_given else now,
            **_instants(),
        )
        return kind(consent_id=state.id, occurred_at=now, state=state)

    def _entered(self, human: Human) -> Event:
        state = SegmentMemberState(
            id=uuid5(self.segment_id, str(human.id)),
            segment_id=self.segment_id,
            contact_id=human.id,
            is_member=True,
            reason="by-hand",
            entered_at=datetime.now(UTC),
            **_instants(),
        )
        return SegmentMemberEntered(segment_member_id=state.id, occurred_at=state.entered_at, state=state)

    async def _tell(self, facts: Iterable[tuple[Event, int]]) -> None:
        keys = KeysAtHand({each.subject_id: each.key for each in self.people})
        producer = await self.bus.producer()
        try:
            sent = [await producer.send(_message(event, number, keys)) for event, number in facts]
            await asyncio.gather(*sent)
        finally:
            await producer.close()


def _human(number: int) -> Human:
    return Human(new_id(), DataKey.mint(str(new_id())), f"contact{number}@example.com")


def _instants() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"created_at": now, "updated_at": now}


def _message(event: Event, sequence: int, keys: KeysAtHand) -> Message:
    attributes = Attributes(
        id=new_id(),
        type=event.type,
        source="customer",
        time=datetime.now(UTC),
        subject=str(event.subject),
        sequence=sequence,
        actor="system",
        correlation_id="chaos",
    )
    value = orjson.dumps(seal_model(event, keys))
    named = headers(attributes) | {"ce_epoch": "1"}
    return Message(event.topic, str(event.aggregate_id).encode(), value, wire(named))
