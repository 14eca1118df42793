"""A template's life, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.marketing import TemplateAdded, TemplateAssigned, TemplateRevised
from services.marketing.templates.model import Template
from tests.factories.marketing import NOW, make_template

LATER = NOW + timedelta(hours=1)


def told(template: Template) -> list[Event]:
    return [each.event for each in template.__dict__["_waiting"]]


class TestAdd:
    def test_records_template_added_with_its_words(self) -> None:
        template = make_template(name="Autumn")

        (added,) = told(template)
        assert isinstance(added, TemplateAdded)
        assert (added.state.name, added.state.html, template.version) == ("Autumn", template.html, 1)


class TestRevise:
    def test_records_the_new_words(self) -> None:
        template = make_template()

        template.revise({"subject": "Bye"}, LATER)

        revised = told(template)[-1]
        assert isinstance(revised, TemplateRevised)
        assert (revised.state.subject, template.updated_at) == ("Bye", LATER)

    def test_says_nothing_when_nothing_changes(self) -> None:
        template = make_template()

        template.revise({"subject": template.subject}, LATER)

        assert (len(told(template)), template.updated_at) == (1, NOW)


class TestAssign:
    def test_records_the_owner_before(self) -> None:
        before, after = new_id(), new_id()
        template = make_template(owner_id=before)

        template.assign(after, LATER)
        template.assign(after, LATER)

        assigned = told(template)[-1]
        assert isinstance(assigned, TemplateAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id, len(told(template))) == (before, after, 2)


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        template = make_template()

        template.delete(LATER)
        template.restore(LATER)

        names = [type(each).__name__ for each in told(template)]
        assert names == ["TemplateAdded", "TemplateDeleted", "TemplateRestored"]

    @pytest.mark.parametrize(
        "act",
        [
            lambda gone: gone.revise({"name": "x"}, LATER),
            lambda gone: gone.assign(new_id(), LATER),
            lambda gone: gone.delete(LATER),
        ],
        ids=["revise", "assign", "delete"],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        template = make_template()
        template.delete(NOW)

        with pytest.raises(Conflict) as caught:
            act(template)

        assert (caught.value.slug, template.version) == ("deleted", 2)

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        with pytest.raises(Conflict) as caught:
            make_template().restore(LATER)

        assert caught.value.slug == "not-deleted"
