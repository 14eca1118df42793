"""What is asked of both sides: the same work, as a request to the product and as one to the reference."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.load.bench.people import SYSTEM, People
from tests.load.bench.platform import DATABASE, Platform
from tests.load.bench.rows import SOUGHT, lines
from tests.load.bench.wrk import Request

API, JSON = "/api/v1", {"Content-Type": "application/json"}
MOST_IDS = 20_000
SOME_CONTACTS = (
    f"SELECT id FROM contact WHERE external_system = '{SYSTEM}' ORDER BY external_id LIMIT {MOST_IDS}"
)
OPEN = f"SELECT id FROM opportunity WHERE external_system = '{SYSTEM}' AND stage_kind = 'open' ORDER BY id"
WAITING = f"SELECT id FROM lead WHERE external_system = '{SYSTEM}' AND converted_at IS NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the product's request, at which service, and those of its references by what they are."""

    name: str
    service: str
    product: Request
    references: Mapping[str, Request]


@dataclass(frozen=True, slots=True)
class Values:
    """Files of ids, a line each."""

    contacts: Path
    opportunities: Path
    leads: Path
    bare_opportunities: Path
    bare_leads: Path


async def values(platform: Platform) -> Values:
    """Write the files of ids; what is won or converted once has an own list on each side."""
    folder = platform.folder
    found = Values(*(folder / f"{name}.txt" for name in Values.__slots__))
    bare = platform.superuser(DATABASE)
    await lines(platform.database("customer"), SOME_CONTACTS, found.contacts)
    await lines(platform.database("sales"), OPEN, found.opportunities)
    await lines(platform.database("sales"), WAITING, found.leads)
    await lines(bare, OPEN, found.bare_opportunities)
    await lines(bare, WAITING, found.bare_leads)
    return found


def figures(platform: Platform, people: People, known: Values, bare: str) -> list[Figure]:
    """Every request that is measured on both sides."""
    customer, sales = platform.base("customer"), platform.base("sales")
    page = f"{API}/contacts?limit=50&sort=-created_at"
    sought = f"name={quote(SOUGHT)}"
    one = Request(customer, f"{API}/contacts/<value>", values=known.contacts)
    return [
        Figure(
            "read one contact",
            "customer",
            one,
            {"one SELECT": Request(bare, "/read/<value>", values=known.contacts)},
        ),
        Figure(
            "list 50 of 100,000 contacts",
            "customer",
            Request(customer, f"{page}&language=zh", refuse='"items":[]'),
            {"one SELECT": Request(bare, "/list/zh", refuse='"items":[]')},
        ),
        Figure(
            "list 50 by a two-character name",
            "customer",
            Request(customer, f"{page}&{sought}", refuse='"items":[]'),
            {"one SELECT by GIN": Request(bare, f"/search/{quote(SOUGHT)}", refuse='"items":[]')},
        ),
        _create(customer, people, bare),
        _win(sales, people, known, bare),
        _convert(sales, people, known, bare),
        Figure(
            "funnel tile",
            "analytics",
            Request(platform.base("analytics"), f"{API}/metrics/funnel?pipeline_id={people.pipeline}"),
            {"a live aggregate": Request(bare, "/funnel/all")},
        ),
    ]


def contact(people: People) -> dict[str, str]:
    """A new contact, whose `<n>` makes it unlike every other one."""
    named = {"family_name": "Keller", "given_name": "Maria", "email": "maria.<n>@example.com"}
    return named | {"phone": "+4930<n>", "title": "Buyer", "language": "en", "owner_id": people.owners[0]}


def _create(customer: str, people: People, bare: str) -> Figure:
    body = json.dumps(contact(people))
    made = Request(customer, f"{API}/contacts", "POST", body, JSON, expect=201)
    references = {
        "one insert": Request(bare, "/insert/new", "POST", body, JSON),
        "the same rows": Request(bare, "/create/new", "POST", body, JSON),
    }
    return Figure("create contact", "customer", made, references)


def _win(sales: str, people: People, known: Values, bare: str) -> Figure:
    asked, stage = json.dumps({"amount_minor": 250_000}), json.dumps({"stage_id": people.stages["Won"]})
    path = f"{API}/opportunities/<value>/win"
    won = Request(sales, path, "POST", asked, JSON, known.opportunities, once=True)
    own = Request(bare, "/win/<value>", "POST", stage, JSON, known.bare_opportunities, once=True)
    return Figure("win an opportunity", "sales", won, {"the same rows": own})


def _convert(sales: str, people: People, known: Values, bare: str) -> Figure:
    opportunity = {"name": "From a lead", "pipeline_id": people.pipeline, "currency": "EUR"}
    asked = json.dumps({"opportunity": opportunity | {"amount_minor": 250_000}})
    stage = json.dumps(opportunity | {"stage_id": people.stages["Qualification"]})
    path = f"{API}/leads/<value>/convert"
    made = Request(sales, path, "POST", asked, JSON, known.leads, once=True)
    own = Request(bare, "/convert/<value>", "POST", stage, JSON, known.bare_leads, once=True)
    return Figure("convert a lead", "sales", made, {"the same rows": own})
