"""Commands on leads: what they write, and the events that tell of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from libs.contracts.sales import (
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadErased,
    LeadRevised,
    OpportunityOpened,
)
from libs.contracts.subjects import SalesSubjectErased, SalesSubjectKeyMinted, SalesSubjectLinked
from libs.platform.references.tables import reference
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from services.sales.leads.commands import (
    capture_lead,
    convert_lead,
    delete_lead,
    erase_lead,
    erase_subjects,
    find_duplicates,
    possible_duplicates,
    restore_lead,
    reveal_lead,
    revise_lead,
)
from services.sales.leads.model import Lead
from services.sales.leads.schemas import Convert, LeadCreate, LeadUpdate
from services.sales.opportunities.model import Opportunity
from services.sales.pipelines.model import Pipeline
from tests.factories.directory import uid
from tests.factories.sales import NOW, make_lead, make_pipeline, make_product, stage
from tests.sales.acting import OWN, an_actor, equip, kept, kinds, known

LATER, THEN = NOW + timedelta(hours=1), NOW - timedelta(days=30)
NUMBER = "+86 138 0013 8000"


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(**fields: Any) -> LeadCreate:
    return LeadCreate.model_validate({"family_name": "Li", "company_name": "Acme Ltd", **fields})


async def captured(session: AsyncSession, **fields: Any) -> Lead:
    """A lead of user 1 that was there before, with a key of its own."""
    lead = await capture_lead(session, asked(**fields), an_actor(), NOW)
    await session.flush()
    session.info["recorded"] = []
    return lead


async def referred(session: AsyncSession, kind: str, id: UUID | None) -> dict[str, Any]:
    query = select(reference).where(reference.c.type == kind, reference.c.id == id)
    return dict((await session.execute(query)).mappings().one())


class TestCaptureLead:
    async def test_mints_the_subject_before_the_first_event(self, session: AsyncSession) -> None:
        lead = await capture_lead(session, asked(phone=NUMBER), an_actor(), NOW)
        await session.flush()

        minted, first = recorded(session)
        assert isinstance(minted, SalesSubjectKeyMinted)
        assert minted.subject_id == lead.subject_id
        assert first == LeadCaptured(lead_id=lead.id, occurred_at=NOW, state=lead.state())

    async def test_keeps_no_number_in_the_clear(self, session: AsyncSession) -> None:
        lead = await capture_lead(session, asked(phone=NUMBER), an_actor(), NOW)

        assert lead.phone is not None
        assert lead.phone.startswith(f"enc.v1.{lead.subject_id}.")
        assert lead.phone_mask == "+86138****8000"
        assert lead.phone_index != lead.phone_last4_index

    async def test_belongs_to_who_captures_it(self, session: AsyncSession) -> None:
        lead = await capture_lead(session, asked(), an_actor(OWN), NOW)

        assert (lead.owner_id, lead.phone) == (uid(1), None)

    async def test_happened_when_it_is_said_to_have(self, session: AsyncSession) -> None:
        lead = await capture_lead(session, asked(occurred_at=THEN), an_actor(), NOW)
        await session.flush()

        assert (recorded(session)[-1].occurred_at, lead.created_at) == (THEN, NOW)

    async def test_rejects_a_past_without_the_permission(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await capture_lead(session, asked(occurred_at=THEN), an_actor(OWN), NOW)

        assert list(session.new) == []

    async def test_rejects_another_owner_within_scope_own(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await capture_lead(session, asked(owner_id=uid(2)), an_actor(OWN), NOW)

        assert list(session.new) == []

    async def test_rejects_an_external_id_twice(self, session: AsyncSession) -> None:
        first = await captured(session, external_id={"system": "fair", "id": "7"})

        with pytest.raises(Conflict, match="external-id-taken") as refused:
            await capture_lead(session, asked(external_id={"system": "fair", "id": "7"}), an_actor(), NOW)

        assert (refused.value.facts["id"], list(session.new)) == (str(first.id), [])


class TestPossibleDuplicates:
    async def test_finds_the_same_address_and_the_same_number(self, session: AsyncSession) -> None:
        by_email = await captured(session, email="Li@Example.com")
        by_phone = await captured(session, phone="+8613800138000")
        await captured(session, email="other@example.com", phone="+8613800138001")
        lead = await captured(session, email="li@example.COM", phone=NUMBER)

        assert set(await possible_duplicates(session, lead, an_actor())) == {by_email.id, by_phone.id}

    async def test_names_the_likeliest_first_and_why(self, session: AsyncSession) -> None:
        one = await captured(session, email="li@example.com")
        both = await captured(session, email="li@example.com", phone=NUMBER)
        lead = await captured(session, email="li@example.com", phone=NUMBER)

        assert await find_duplicates(session, lead.id, an_actor()) == [
            {"id": both.id, "reasons": ["email", "phone"]},
            {"id": one.id, "reasons": ["email"]},
        ]

    async def test_finds_nobody_by_what_is_not_known(self, session: AsyncSession) -> None:
        await captured(session)

        assert await possible_duplicates(session, await captured(session), an_actor()) == []

    async def test_leaves_out_who_is_deleted_erased_or_out_of_scope(self, session: AsyncSession) -> None:
        deleted, erased, foreign = [await captured(session, email="li@example.com") for _ in range(3)]
        deleted.delete(NOW)
        erased.erase(NOW)
        foreign.assign(uid(2), NOW)
        await session.flush()
        lead = await captured(session, email="li@example.com")

        assert await possible_duplicates(session, lead, an_actor(OWN)) == []


class TestReviseLead:
    async def test_changes_what_was_sent_alone(self, session: AsyncSession) -> None:
        lead = await captured(session, email="li@example.com")

        change = LeadUpdate(title="CTO", phone=NUMBER)
        await revise_lead(session, lead.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [LeadRevised(lead_id=lead.id, occurred_at=LATER, state=lead.state())]
        assert (lead.title, lead.phone_mask, lead.email) == ("CTO", "+86138****8000", "li@example.com")

    async def test_tells_nothing_of_the_same_number(self, session: AsyncSession) -> None:
        lead = await captured(session, phone=NUMBER)

        await revise_lead(session, lead.id, 1, LeadUpdate(phone="+8613800138000"), an_actor(), LATER)
        await session.flush()

        assert (recorded(session), lead.version) == ([], 1)

    async def test_assigns_a_converted_lead(self, session: AsyncSession) -> None:
        lead = await captured(session)
        await convert_lead(session, lead.id, Convert(), an_actor(), NOW)
        await session.flush()

        await revise_lead(session, lead.id, 2, LeadUpdate(owner_id=uid(2)), an_actor(), LATER)
        await session.flush()

        assigned = recorded(session)[-1]
        assert isinstance(assigned, LeadAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id) == (uid(1), uid(2))

    async def test_rejects_a_new_owner_without_the_permission(self, session: AsyncSession) -> None:
        lead = await captured(session)

        with pytest.raises(Forbidden):
            await revise_lead(session, lead.id, 1, LeadUpdate(owner_id=uid(1)), an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_rejects_an_owner_nobody_has_heard_of(self, session: AsyncSession) -> None:
        lead = await captured(session)

        with pytest.raises(UnknownReference):
            await revise_lead(session, lead.id, 1, LeadUpdate(owner_id=uid(77)), an_actor(), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_rejects_a_stale_version(self, session: AsyncSession) -> None:
        lead = await captured(session)

        with pytest.raises(StaleVersion):
            await revise_lead(session, lead.id, 4, LeadUpdate(title="CTO"), an_actor(), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_does_not_find_what_is_out_of_scope(self, session: AsyncSession) -> None:
        lead = await kept(session, make_lead(owner_id=uid(2)))

        with pytest.raises(NotFound):
            await revise_lead(session, lead.id, 1, LeadUpdate(title="CTO"), an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []


class TestConvertLead:
    @pytest.fixture
    async def pipeline(self, session: AsyncSession) -> Pipeline:
        return await kept(session, make_pipeline())

    def opportunity(self, pipeline: Pipeline, **fields: Any) -> dict[str, Any]:
        money = {"amount_minor": 500, "currency": "USD"}
        return {"name": "Acme: GTX Pro", "pipeline_id": pipeline.id, **money, **fields}

    async def test_makes_account_contact_and_opportunity(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        lead, product = await captured(session), await kept(session, make_product())
        body = Convert.model_validate({"opportunity": self.opportunity(pipeline, product_id=product.id)})

        await convert_lead(session, lead.id, body, an_actor(OWN), LATER)
        await session.flush()

        made = await session.get_one(Opportunity, lead.opportunity_id)
        assert recorded(session) == [
            LeadConverted(
                lead_id=lead.id,
                occurred_at=LATER,
                state=lead.state(),
                account_id=lead.account_id,
                contact_id=lead.contact_id,
                opportunity_id=made.id,
                creates_account=True,
                creates_contact=True,
            ),
            OpportunityOpened(
                opportunity_id=made.id, occurred_at=LATER, state=made.state(), stage_id=made.stage_id
            ),
        ]
        assert (made.lead_id, made.owner_id, made.product_id) == (lead.id, lead.owner_id, product.id)
        assert (made.account_id, made.contact_id) == (lead.account_id, lead.contact_id)
        assert made.stage_id == stage(pipeline, "prospecting").id

    async def test_makes_the_new_ids_known_at_once(self, session: AsyncSession) -> None:
        lead = await captured(session, given_name="Wei", family_name="Li")

        await convert_lead(session, lead.id, Convert(), an_actor(), LATER)
        await session.flush()

        account = await referred(session, "account", lead.account_id)
        contact = await referred(session, "contact", lead.contact_id)
        assert (account["label"], account["subject_id"]) == ("Acme Ltd", None)
        assert (contact["label"], contact["subject_id"]) == ("Wei Li", lead.subject_id)
        assert {row["version"] for row in (account, contact)} == {0}
        assert {row["owner_id"] for row in (account, contact)} == {lead.owner_id}

    async def test_lets_no_erasure_slip_past_the_name_it_writes(
        self, session: AsyncSession, query_count: Callable[[], Any]
    ) -> None:
        lead = await captured(session)

        with query_count() as counted:
            await convert_lead(session, lead.id, Convert(), an_actor(), LATER)
            await session.flush()

        held = [place for place, each in enumerate(counted.statements) if "FOR SHARE" in each]
        written = [place for place, each in enumerate(counted.statements) if "INTO reference" in each]
        assert held
        assert held[0] < written[-1]

    async def test_joins_an_account_and_a_contact_who_are_there(self, session: AsyncSession) -> None:
        lead, subject = await captured(session), new_id()
        account_id = await known(session, "account")
        contact_id = await known(session, "contact", subject_id=subject)
        body = Convert(account_id=account_id, contact_id=contact_id)

        await convert_lead(session, lead.id, body, an_actor(OWN), LATER)
        await session.flush()

        converted, linked = recorded(session)
        assert isinstance(converted, LeadConverted)
        assert (converted.creates_account, converted.creates_contact) == (False, False)
        assert (lead.account_id, lead.contact_id) == (account_id, contact_id)
        assert isinstance(linked, SalesSubjectLinked)
        assert (linked.subject_id, linked.state.linked) == (lead.subject_id, (subject,))

    async def test_happened_when_it_is_said_to_have(self, session: AsyncSession, pipeline: Pipeline) -> None:
        lead = await captured(session)
        body = Convert.model_validate({"opportunity": self.opportunity(pipeline), "occurred_at": THEN})

        await convert_lead(session, lead.id, body, an_actor(), LATER)
        await session.flush()

        assert [event.occurred_at for event in recorded(session)] == [THEN, THEN]
        assert lead.converted_at == THEN

    @pytest.mark.parametrize("kind", ["account", "contact"])
    async def test_waits_for_a_record_nobody_has_heard_of(self, session: AsyncSession, kind: str) -> None:
        lead = await captured(session)

        with pytest.raises(UnknownReference):
            await convert_lead(
                session, lead.id, Convert.model_validate({f"{kind}_id": new_id()}), an_actor(), LATER
            )

        await session.flush()
        assert (recorded(session), lead.converted_at) == ([], None)

    @pytest.mark.parametrize("missing", ["account:create", "contact:create", "opportunity:create"])
    async def test_rejects_who_could_not_make_what_it_makes(
        self, session: AsyncSession, pipeline: Pipeline, missing: str
    ) -> None:
        lead = await captured(session)
        body = Convert.model_validate({"opportunity": self.opportunity(pipeline)})
        actor = an_actor({name: scope for name, scope in OWN.items() if name != missing})

        with pytest.raises(Forbidden):
            await convert_lead(session, lead.id, body, actor, LATER)

        await session.flush()
        assert (recorded(session), lead.converted_at) == ([], None)

    async def test_rejects_a_past_without_the_permission(self, session: AsyncSession) -> None:
        lead = await captured(session)

        with pytest.raises(Forbidden):
            await convert_lead(session, lead.id, Convert(occurred_at=THEN), an_actor(OWN), LATER)

        assert lead.converted_at is None

    async def test_rejects_a_second_time(self, session: AsyncSession) -> None:
        lead = await captured(session)
        await convert_lead(session, lead.id, Convert(), an_actor(), NOW)
        await session.flush()
        became = lead.state()

        with pytest.raises(Conflict, match="already-converted"):
            await convert_lead(session, lead.id, Convert(), an_actor(), LATER)

        await session.flush()
        assert (lead.state(), kinds(session)) == (became, ["LeadConverted"])

    async def test_does_not_find_what_is_out_of_scope(self, session: AsyncSession) -> None:
        lead = await kept(session, make_lead(owner_id=uid(2)))

        with pytest.raises(NotFound):
            await convert_lead(session, lead.id, Convert(), an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []


class TestRevealPhone:
    async def test_shows_the_number_and_says_who_saw_it(self, session: AsyncSession) -> None:
        lead = await captured(session, phone=NUMBER)

        assert await reveal_lead(session, lead.id, "phone", an_actor()) == NUMBER

        (entry,) = session.info["audit"]
        assert (entry.action, entry.object_id) == ("sales.lead.revealed", str(lead.id))

    async def test_shows_nothing_where_nothing_is(self, session: AsyncSession) -> None:
        lead = await captured(session)

        assert await reveal_lead(session, lead.id, "phone", an_actor()) is None

    async def test_does_not_find_what_is_out_of_scope(self, session: AsyncSession) -> None:
        lead = await captured(session, phone=NUMBER)

        with pytest.raises(NotFound):
            await reveal_lead(session, lead.id, "phone", an_actor(OWN))

        assert "audit" not in session.info


class TestEraseLead:
    async def test_destroys_the_key_and_blanks_the_record(self, session: AsyncSession) -> None:
        lead = await captured(session, email="li@example.com", phone=NUMBER)

        await erase_lead(session, lead.id, an_actor(), LATER)
        await session.flush()

        erased, blanked = recorded(session)
        assert isinstance(erased, SalesSubjectErased)
        assert (erased.subject_id, erased.state.wrapped) == (lead.subject_id, None)
        assert blanked == LeadErased(lead_id=lead.id, occurred_at=LATER, state=lead.state())
        found = await session.get_one(Lead, lead.id, populate_existing=True)
        assert {found.family_name, found.email, found.phone, found.phone_mask} == {ERASED}

    async def test_forgets_the_name_that_a_conversion_left(self, session: AsyncSession) -> None:
        lead = await captured(session)
        await convert_lead(session, lead.id, Convert(), an_actor(), NOW)
        await session.flush()

        await erase_lead(session, lead.id, an_actor(), LATER)

        assert (await referred(session, "contact", lead.contact_id))["label"] == ERASED
        assert (await referred(session, "account", lead.account_id))["label"] == "Acme Ltd"

    async def test_takes_the_leads_of_linked_subjects(self, session: AsyncSession) -> None:
        one, other, stranger = [await captured(session) for _ in range(3)]
        (await session.get_one(SubjectKey, one.subject_id)).link(other.subject_id, NOW)
        await session.flush()

        await erase_lead(session, other.id, an_actor(), LATER)

        assert [each.erased_at for each in (one, other, stranger)] == [LATER, LATER, None]

    async def test_leaves_a_subject_without_lead_alone(self, session: AsyncSession) -> None:
        lead, subject = await captured(session), mint(session)
        await session.flush()
        session.info["recorded"] = []

        await erase_subjects(session, [subject], LATER)
        await session.flush()

        assert (kinds(session), lead.erased_at) == (["SalesSubjectErased"], None)

    async def test_erases_once(self, session: AsyncSession) -> None:
        lead = await captured(session)
        await erase_lead(session, lead.id, an_actor(), NOW)
        await session.flush()
        session.info["recorded"] = []

        await erase_lead(session, lead.id, an_actor(), LATER)
        await session.flush()

        assert (recorded(session), lead.erased_at) == ([], NOW)

    async def test_does_not_find_what_is_out_of_scope(self, session: AsyncSession) -> None:
        lead = await captured(session)

        with pytest.raises(NotFound):
            await erase_lead(session, lead.id, an_actor(OWN), LATER)

        assert lead.erased_at is None


class TestDeleteLead:
    async def test_goes_and_comes_back(self, session: AsyncSession) -> None:
        lead = await captured(session)

        await delete_lead(session, lead.id, 1, an_actor(), NOW)
        await session.flush()
        await restore_lead(session, lead.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["LeadDeleted", "LeadRestored"]
        assert (lead.deleted_at, lead.version) == (None, 3)
