"""Consents, segments, templates and a campaign that customer and marketing take."""

from typing import Any

import pytest
from pydantic import BaseModel

from deploy.demo import outreach
from deploy.demo.wire import Json
from services.customer.conditions import leaves, read_rule
from services.customer.consents.schemas import ConsentGive, ConsentWithdraw
from services.customer.segments.schemas import SegmentCreate
from services.marketing.campaigns.schemas import CampaignCreate
from services.marketing.rendering import check
from services.marketing.templates.schemas import TemplateCreate

ID = "01930000-0000-7000-8000-000000000000"
CONTACTS = [f"01930000-0000-7000-8000-{number:012}" for number in range(660)]


class TestBodies:
    @pytest.mark.parametrize(
        ("schema", "records"),
        [
            (ConsentGive, outreach.consent_bodies(CONTACTS)),
            (ConsentWithdraw, outreach.withdrawal_bodies(CONTACTS)),
            (SegmentCreate, outreach.segment_bodies(ID)),
            (TemplateCreate, outreach.template_bodies(ID)),
            (CampaignCreate, [outreach.campaign_body(ID, ID, ID)]),
        ],
        ids=["consents", "withdrawals", "segments", "templates", "campaign"],
    )
    def test_are_what_the_services_take(self, schema: type[BaseModel], records: list[Json]) -> None:
        assert records
        for record in records:
            schema.model_validate(record)


class TestConsents:
    def test_are_taken_back_only_by_who_gave_them(self) -> None:
        given = {each["contact_id"] for each in outreach.consent_bodies(CONTACTS)}
        taken = {each["contact_id"] for each in outreach.withdrawal_bodies(CONTACTS)}

        assert taken < given < set(CONTACTS)
        assert len(taken) > 10


class TestSegments:
    def test_are_one_of_each_kind(self) -> None:
        kinds: list[Any] = [each["kind"] for each in outreach.segment_bodies(ID)]

        assert sorted(kinds) == ["dynamic", "static"]

    def test_have_a_rule_that_customer_reads(self) -> None:
        assert len(list(leaves(read_rule(outreach.VIP)))) == 2

    def test_pick_pilots_once_each(self) -> None:
        picked = outreach.pilots(CONTACTS)

        assert len(set(picked)) == outreach.PILOTS


class TestTemplates:
    @pytest.mark.parametrize("body", outreach.template_bodies(ID), ids=["en", "zh"])
    def test_are_templates_for_marketing(self, body: Json) -> None:
        check({"subject": body["subject"], "html": body["html"], "text": None})
