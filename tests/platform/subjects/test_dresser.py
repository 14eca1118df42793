from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, Database, collected
from libs.common.events import Event, Personal, Sensitive, State
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.transaction import Transactions
from libs.platform.process import Platform
from libs.platform.subjects.columns import seal_column
from libs.platform.subjects.dresser import PlatformDresser
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import keys_of, mint
from libs.platform.subjects.sealing import open_event
from services.auth.directory import lock_head
from services.auth.users.model import User
from tests.factories.directory import department, uid, user

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARKER = "Marker Ümläut 李雷"
type Json = dict[str, Any]


class PatientState(State):
    id: UUID
    owner_id: UUID | None
    subject_id: UUID
    name: Personal[str]
    phone: Sensitive[str] | None


class PatientAdmitted(Event, type="testing.patient.admitted.v1", key="patient_id"):
    patient_id: UUID
    state: PatientState


class Patient(Aggregate, Base):
    __tablename__ = "patient"

    owner_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    name: Mapped[str]
    phone: Mapped[str | None]
    phone_index: Mapped[str | None]

    def state(self) -> PatientState:
        return PatientState.model_validate(self, from_attributes=True)


async def admitted(session: AsyncSession) -> Patient:
    """A patient whose phone is stored as ciphertext, bound to its column."""
    id, subject = new_id(), mint(session)
    keys = await keys_of(session, [subject])
    phone = seal_column("13812340000", subject, keys, ("patient", id, "phone"))
    patient = Patient(id=id, owner_id=uid(10), subject_id=subject, name=MARKER, phone=phone)
    patient.phone_index, patient.created_at, patient.updated_at = "index", NOW, NOW
    patient.record(PatientAdmitted(patient_id=id, occurred_at=NOW, state=patient.state()))
    return patient


async def dressed(
    session: AsyncSession, platform: Platform
) -> tuple[Patient, dict[str, Any], dict[str, Any]]:
    patient = await admitted(session)
    connection = await session.connection()
    await connection.run_sync(Base.metadata.tables["patient"].create)
    session.add(patient)
    await session.flush()
    directory = platform.replica.directory
    directory.apply([department(1), department(2, parent=1), user(10, department=2)])
    found = await PlatformDresser(platform.ring, directory)(session, collected(session)[-1:])
    return patient, found[0].fields, found[0].changes


class TestDress:
    async def test_leaves_nothing_personal_in_the_clear(
        self, carrying: AsyncSession, platform: Platform
    ) -> None:
        _, body, changes = await dressed(carrying, platform)

        seen = orjson.dumps([body, changes], default=str).decode()
        assert MARKER not in seen
        assert "13812340000" not in seen

    async def test_binds_a_column_anew_to_the_event(self, carrying: AsyncSession, platform: Platform) -> None:
        patient, body, _ = await dressed(carrying, platform)

        keys = await load_keys(carrying, platform.ring, [patient.subject_id])
        opened = open_event(PatientAdmitted.model_validate(body), keys)

        assert (opened.state.name, opened.state.phone) == (MARKER, "13812340000")
        assert body["state"]["phone"] != patient.phone

    async def test_stamps_the_owners_path(self, carrying: AsyncSession, platform: Platform) -> None:
        _, body, _ = await dressed(carrying, platform)

        assert body["owner_path"] == [str(uid(1)), str(uid(2))]

    async def test_audits_the_public_shape_alone(self, carrying: AsyncSession, platform: Platform) -> None:
        _, _, changes = await dressed(carrying, platform)

        assert set(changes) == {"id", "owner_id", "subject_id", "name", "phone"}


class TestJournal:
    async def test_leaves_no_plaintext_of_a_user_outside_his_table(
        self, transactions: Transactions, database: Database
    ) -> None:
        async def body(session: AsyncSession) -> None:
            details = {"email": "marker@example.org", "name": MARKER, "role_ids": []}
            details |= {"locale": "en", "time_zone": "UTC"}
            session.add(User.invite(await lock_head(session), mint(session), details, NOW, NOW))

        await transactions.run(Cause("system", "test"), body)

        rows = text(
            "SELECT string_agg(convert_from(value, 'UTF8') || headers::text, '') FROM outbox"
            " UNION ALL SELECT string_agg(audit::text, '') FROM audit"
        )
        async with database.reading.connect() as connection:
            outbox, audit = (await connection.execute(rows)).scalars().all()
        assert "user_invited" in outbox
        assert "user_invited" in audit
        assert [word for word in (MARKER, "marker@example.org") if word in outbox + audit] == []
