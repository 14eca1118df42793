"""What can be done with a template, against a real database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import BadRequest, Conflict, Forbidden, NotFound
from libs.common.schemas import ExternalRef
from libs.common.transaction import UnknownReference
from services.marketing.templates.commands import (
    add_template,
    delete_template,
    preview_template,
    restore_template,
    revise_template,
)
from services.marketing.templates.schemas import TemplateCreate, TemplateUpdate
from tests.factories.directory import uid
from tests.factories.marketing import HTML, NOW, make_template
from tests.marketing.acting import an_actor, equip, kept, kinds
from tests.marketing.audiences import know_contact

OWN = {f"template:{verb}": "own" for verb in ("read", "create", "update", "delete")} | {"contact:read": "own"}


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(**fields: object) -> TemplateCreate:
    return TemplateCreate.model_validate({"name": "Spring", "subject": "Hello", "html": HTML} | fields)


class TestAddTemplate:
    async def test_belongs_to_the_caller(self, session: AsyncSession) -> None:
        made = await add_template(session, asked(), an_actor(), NOW)
        await session.flush()

        assert (made.owner_id, kinds(session)) == (uid(1), ["TemplateAdded"])

    async def test_refuses_words_that_break_the_rules(self, session: AsyncSession) -> None:
        with pytest.raises(BadRequest) as caught:
            await add_template(session, asked(html="{{ x }}", subject="{{ y }}"), an_actor(), NOW)

        assert {fault.pointer for fault in caught.value.errors} == {"/html", "/subject"}
        assert kinds(session) == []

    async def test_refuses_an_external_id_that_is_taken(self, session: AsyncSession) -> None:
        named = ExternalRef(system="old", id="7")
        await add_template(session, asked(external_id=named), an_actor(), NOW)
        await session.flush()

        with pytest.raises(Conflict) as caught:
            await add_template(session, asked(external_id=named), an_actor(), NOW)

        assert caught.value.slug == "external-id-taken"

    async def test_gives_nobody_what_he_may_not_have(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await add_template(session, asked(owner_id=uid(2)), an_actor(OWN), NOW)
        with pytest.raises(UnknownReference):
            await add_template(session, asked(owner_id=uid(7)), an_actor(), NOW)


class TestReviseTemplate:
    async def test_changes_words_and_owner(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))
        change = TemplateUpdate(subject="Bye", owner_id=uid(2))

        done = await revise_template(session, template.id, 1, change, an_actor(), NOW)
        await session.flush()

        assert (done.subject, done.owner_id) == ("Bye", uid(2))
        assert kinds(session) == ["TemplateAssigned", "TemplateRevised"]

    async def test_checks_the_new_words(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))

        with pytest.raises(BadRequest):
            await revise_template(session, template.id, 1, TemplateUpdate(text="{{ x }}"), an_actor(), NOW)

        assert kinds(session) == []

    async def test_finds_nothing_out_of_scope(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(2)))

        with pytest.raises(NotFound):
            await revise_template(session, template.id, 1, TemplateUpdate(name="x"), an_actor(OWN), NOW)


class TestDeleteTemplate:
    async def test_puts_it_into_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))

        await delete_template(session, template.id, 1, an_actor(OWN), NOW)
        await restore_template(session, template.id, an_actor(OWN), NOW)
        await session.flush()

        assert kinds(session) == ["TemplateDeleted", "TemplateRestored"]


class TestPreviewTemplate:
    async def test_writes_a_real_contacts_mail(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))
        contact = await know_contact(session, owner_id=uid(1), family_name="王", given_name="<b>伟")

        seen = await preview_template(session, template.id, contact, an_actor(OWN))

        assert seen.subject == "Hello 王"
        assert "Dear &lt;b&gt;伟" in seen.html
        assert "/l/c/" not in seen.html
        assert kinds(session) == []

    async def test_shows_nobody_out_of_scope(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))
        contact = await know_contact(session, owner_id=uid(2))

        for unseen in (contact, new_id()):
            with pytest.raises(UnknownReference):
                await preview_template(session, template.id, unseen, an_actor(OWN))

    async def test_marks_the_answer_as_one_about_him(self, session: AsyncSession) -> None:
        template = await kept(session, make_template(owner_id=uid(1)))
        contact = await know_contact(session)

        await preview_template(session, template.id, contact, an_actor())

        assert len(session.info["subjects"]) == 1
