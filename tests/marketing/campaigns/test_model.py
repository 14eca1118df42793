"""A campaign's way from draft to its end, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.marketing import CampaignAssigned, CampaignLaunched, CampaignRevised
from services.marketing.campaigns.model import Campaign
from tests.factories.marketing import NOW, make_campaign

LATER = NOW + timedelta(hours=1)
VERBS: dict[str, Any] = {
    "schedule": lambda one: one.schedule(LATER),
    "launch": lambda one: one.launch(1, LATER),
    "pause": lambda one: one.pause(LATER),
    "resume": lambda one: one.resume(LATER),
    "cancel": lambda one: one.cancel(LATER),
    "finish": lambda one: one.finish(LATER),
}
# What each verb leads to, from where it may be said.
MOVES = {
    ("draft", "schedule"): "scheduled",
    ("draft", "launch"): "running",
    ("scheduled", "launch"): "running",
    ("scheduled", "cancel"): "cancelled",
    ("running", "pause"): "paused",
    ("running", "cancel"): "cancelled",
    ("running", "finish"): "finished",
    ("paused", "resume"): "running",
    ("paused", "cancel"): "cancelled",
}
STATUSES = ("draft", "scheduled", "running", "paused", "finished", "cancelled")


def told(campaign: Campaign) -> list[Event]:
    return [each.event for each in campaign.__dict__["_waiting"]]


class TestStatus:
    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("status", STATUSES)
    def test_moves_as_the_table_says(self, status: str, verb: str) -> None:
        campaign = make_campaign(status=status)
        before = len(told(campaign))

        if (status, verb) in MOVES:
            VERBS[verb](campaign)
            assert campaign.status == MOVES[status, verb]
            assert campaign.state().status == told(campaign)[-1].state.status  # type: ignore[attr-defined]
        else:
            with pytest.raises(Conflict) as caught:
                VERBS[verb](campaign)
            assert (caught.value.slug, campaign.status) == ("illegal-transition", status)
        assert len(told(campaign)) == before + ((status, verb) in MOVES)


class TestLaunch:
    def test_records_how_many_recipients_there_are(self) -> None:
        campaign = make_campaign()

        campaign.launch(7, LATER)

        launched = told(campaign)[-1]
        assert isinstance(launched, CampaignLaunched)
        assert (launched.recipients, launched.state.launched_at) == (7, LATER)

    @pytest.mark.parametrize(
        ("at", "waits"), [(None, False), (NOW, False), (LATER, True)], ids=["at once", "now", "later"]
    )
    def test_waits_for_a_later_hour(self, at: Any, waits: bool) -> None:  # noqa: FBT001 - a table's column
        assert make_campaign(scheduled_at=at).is_for_later(NOW) is waits


class TestRevise:
    def test_records_the_new_facts(self) -> None:
        campaign = make_campaign()

        campaign.revise({"name": "Autumn", "throttle_per_second": 5}, LATER)

        revised = told(campaign)[-1]
        assert isinstance(revised, CampaignRevised)
        assert (revised.state.name, revised.state.throttle_per_second) == ("Autumn", 5)

    def test_says_nothing_when_nothing_changes(self) -> None:
        campaign = make_campaign()

        campaign.revise({"name": campaign.name}, LATER)

        assert (len(told(campaign)), campaign.updated_at) == (1, NOW)

    def test_makes_a_draft_of_a_scheduled_one_without_its_hour(self) -> None:
        campaign = make_campaign(status="scheduled", scheduled_at=LATER)

        campaign.revise({"scheduled_at": None}, LATER)

        assert campaign.status == "draft"

    @pytest.mark.parametrize("status", ["running", "paused", "finished", "cancelled"])
    def test_rejects_a_campaign_that_has_begun(self, status: str) -> None:
        with pytest.raises(Conflict) as caught:
            make_campaign(status=status).revise({"name": "Autumn"}, LATER)

        assert caught.value.slug == "campaign-begun"


class TestAssign:
    @pytest.mark.parametrize("status", STATUSES)
    def test_records_the_owner_before(self, status: str) -> None:
        before, after = new_id(), new_id()
        campaign = make_campaign(status=status, owner_id=before)

        campaign.assign(after, LATER)
        campaign.assign(after, LATER)

        assigned = told(campaign)[-1]
        assert isinstance(assigned, CampaignAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id) == (before, after)


class TestDelete:
    @pytest.mark.parametrize("status", ["draft", "finished", "cancelled"])
    def test_goes_to_the_recycle_bin_and_comes_back(self, status: str) -> None:
        campaign = make_campaign(status=status)

        campaign.delete(LATER)
        campaign.restore(LATER)

        names = [type(each).__name__ for each in told(campaign)[-2:]]
        assert (names, campaign.deleted_at) == (["CampaignDeleted", "CampaignRestored"], None)

    @pytest.mark.parametrize("status", ["scheduled", "running", "paused"])
    def test_rejects_a_campaign_under_way(self, status: str) -> None:
        with pytest.raises(Conflict) as caught:
            make_campaign(status=status).delete(LATER)

        assert caught.value.slug == "campaign-under-way"

    @pytest.mark.parametrize("verb", [*VERBS, "revise", "assign", "delete"])
    def test_rejects_everything_else_afterwards(self, verb: str) -> None:
        campaign = make_campaign()
        campaign.delete(NOW)
        more: dict[str, Any] = {
            "revise": lambda one: one.revise({"name": "x"}, LATER),
            "assign": lambda one: one.assign(new_id(), LATER),
            "delete": lambda one: one.delete(LATER),
        }

        with pytest.raises(Conflict) as caught:
            (VERBS | more)[verb](campaign)

        assert caught.value.slug == "deleted"

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        with pytest.raises(Conflict) as caught:
            make_campaign().restore(LATER)

        assert caught.value.slug == "not-deleted"
