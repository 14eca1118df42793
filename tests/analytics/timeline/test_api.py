"""The timeline over HTTP: of an account or a contact, across services, and of what its reader may see."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.customer import AccountMerged, AccountUnmerged
from tests.analytics.conftest import Models, placed
from tests.api import slug
from tests.factories.customer_facts import DAY, account, activity, contact, sealed
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import opened, won
from tests.factories.ticketing_facts import message, ticket

ACME, OLD, ADA, STRANGER = (UUID(int=number) for number in (10, 11, 40, 41))
THEIRS = UUID(int=3)
MESSAGE = "ticket-message.posted"


@pytest.fixture(scope="module", autouse=True)
async def history(models: Models) -> None:
    """An account with a contact, a call, a won opportunity, a ticket with an answer, and things of others."""
    for fact in (account(10), account(11)):
        await put(models, fact)
    people = [contact(40, given_name="Ada", account_id=ACME), contact(41, owner_id=THEIRS, account_id=OLD)]
    told: list[Any] = [
        *people,
        activity(50, at=DAY + timedelta(hours=1), contact_id=ADA, body="x" * 500),
        activity(51, at=DAY + timedelta(hours=2), contact_id=ADA, owner_id=THEIRS),
        ticket(60, opened_at=DAY + timedelta(hours=5), contact_id=ADA),
        message(61, 60, at=DAY + timedelta(hours=6)),
        activity(52, at=DAY + timedelta(hours=7), account_id=OLD),
    ]
    for fact in told:
        await put(models, fact)
    for at, deal in enumerate([opened(30, account_id=ACME), won(30, account_id=ACME)]):
        await put(models, deal, at + 1)


async def put(models: Models, fact: Any, sequence: int = 1) -> None:
    """Fold a fact in, twice, at a place of its own in the log."""
    subject = getattr(fact.state, "subject_id", None)
    keys = [await models.mint(subject.int)] if subject else []
    envelope = make_envelope(fact, sequence, sealed(fact, *keys))
    for _ in range(2):
        await models.take([placed(envelope, next(_offsets))])


_offsets = itertools.count()


async def read(client: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> dict[str, Any]:
    response = await client.get("/timeline", params=query, headers=headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def kinds(page: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in page["items"]]


ALL = [
    *("opportunity.won", "ticket-message.posted", "ticket.opened", "activity.logged", "activity.logged"),
    *("contact.created", "account.created", "opportunity.opened"),
]


class TestAccount:
    async def test_gathers_all_services_newest_first(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        page = await read(client, head, account_id=str(ACME))

        times = [each["time"] for each in page["items"]]
        assert sorted(kinds(page)) == sorted(ALL)
        assert times == sorted(times, reverse=True)
        assert page["next_cursor"] is None

    async def test_tells_a_few_facts(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        page = await read(client, head, account_id=str(ACME))

        by_kind = {each["kind"]: each for each in page["items"]}
        deal, call = by_kind["opportunity.won"], by_kind["activity.logged"]
        assert (deal["title"], deal["facts"]["amount_minor"]) == ("Opportunity 30", 1500)
        assert (deal["record_type"], deal["record_id"]) == ("opportunity", str(UUID(int=30)))
        assert call["facts"]["kind"] == "call"
        assert by_kind["contact.created"]["title"] == "Ada Lovelace"
        assert by_kind["ticket-message.posted"]["facts"]["body"] == "Please try again"

    async def test_cuts_long_texts(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        page = await read(client, head, account_id=str(ACME), types="customer.activity.*")

        bodies = [each["facts"]["body"] for each in page["items"] if "body" in each["facts"]]
        assert bodies == ["x" * 280 + "…"]

    async def test_pages_without_a_gap_or_a_repeat(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        seen: list[str] = []
        query: dict[str, Any] = {"account_id": str(ACME), "limit": 3}
        while True:
            page = await read(client, head, **query)
            seen += [each["event_id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]

        assert len(seen) == len(set(seen)) == len(ALL)

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        page = await read(client, seller, account_id=str(ACME))

        mine = [each for each in ALL if each != "activity.logged"]
        assert sorted(kinds(page)) == sorted([*mine, "activity.logged"])

    async def test_takes_types(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        page = await read(client, head, account_id=str(ACME), types="ticketing.*,sales.opportunity.won.v1")

        assert kinds(page) == ["opportunity.won", "ticket-message.posted", "ticket.opened"]

    async def test_takes_in_what_was_merged_until_it_is_undone(
        self, client: httpx.AsyncClient, head: dict[str, str], models: Models
    ) -> None:
        before = len((await read(client, head, account_id=str(ACME)))["items"])
        merged = account(11, AccountMerged, {"into_id": ACME}, merged_into_id=ACME)
        await put(models, merged, 2)

        together = await read(client, head, account_id=str(ACME))
        await put(models, account(11, AccountUnmerged, {"from_id": ACME}), 3)
        apart = await read(client, head, account_id=str(ACME))

        # The other account itself and its merge, its contact, and a call with it.
        assert len(together["items"]) == before + 4
        assert len(apart["items"]) == before


class TestContact:
    async def test_has_what_concerns_the_person(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        page = await read(client, head, contact_id=str(ADA))

        assert sorted(kinds(page)) == sorted(
            [
                "contact.created",
                "activity.logged",
                "activity.logged",
                "ticket.opened",
                "ticket-message.posted",
            ]
        )

    async def test_of_somebody_else_is_not_there(
        self, client: httpx.AsyncClient, seller: dict[str, str]
    ) -> None:
        response = await client.get("/timeline", params={"contact_id": str(STRANGER)}, headers=seller)

        assert (response.status_code, slug(response)) == (404, "not-found")


class TestRequest:
    @pytest.mark.parametrize(
        "query", ["", f"account_id={ACME}&contact_id={ADA}", "account_id=x", f"account_id={ACME}&cursor=x"]
    )
    async def test_names_exactly_one(
        self, client: httpx.AsyncClient, head: dict[str, str], query: str
    ) -> None:
        assert (await client.get(f"/timeline?{query}", headers=head)).status_code == 400

    async def test_refuses_strangers(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"/timeline?account_id={ACME}")).status_code == 401
