"""A suppression's life, without a database."""

from datetime import timedelta

import pytest

from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.marketing import SuppressionAdded, SuppressionDeleted
from services.marketing.suppressions.model import Suppression
from tests.factories.marketing import NOW, make_suppression

LATER = NOW + timedelta(hours=1)


def told(suppression: Suppression) -> list[Event]:
    return [each.event for each in suppression.__dict__["_waiting"]]


class TestAdd:
    def test_tells_no_address_nor_its_hash(self) -> None:
        made = make_suppression(contact_id=None, address_index="hash", reason="bounce")

        (added,) = told(made)
        assert isinstance(added, SuppressionAdded)
        assert (added.state.has_address, added.state.reason) == (True, "bounce")
        assert "hash" not in added.model_dump_json().replace("has_address", "")

    def test_says_whom_it_is_about(self) -> None:
        contact = new_id()

        state = make_suppression(contact_id=contact, purpose="marketing").state()

        assert (state.contact_id, state.has_address, state.purpose) == (contact, False, "marketing")


class TestDelete:
    def test_is_told_once(self) -> None:
        made = make_suppression()

        made.delete(LATER)
        with pytest.raises(Conflict) as caught:
            made.delete(LATER)

        assert (caught.value.slug, made.deleted_at) == ("deleted", LATER)
        assert isinstance(told(made)[-1], SuppressionDeleted)
        assert len(told(made)) == 2
