"""Lists and single records over HTTP, of each kind that has an owner, as a random company's people ask."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from libs.platform.access.specification import may
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from tests.access.documents import Documented
from tests.access.places import PREFIX, SHARED
from tests.access.seeding import Made
from tests.access.stand import Stand
from tests.access.worlds import SCOPES
from tests.api import bearer, colleague
from tests.factories.directory import department, uid

SEED = 20_261_123
STAFF = range(21, 41)
# No others' numbers: of two entries of the same version nobody can tell which holds.
PLACES = range(701, 713)
# The kinds that have an owner, as in their path and as in their permission; a consent has its contact's,
# a survey its ticket's.
OWNED = {
    "accounts": "account",
    "activities": "activity",
    "campaigns": "campaign",
    "consents": "consent",
    "contacts": "contact",
    "imports": "import",
    "leads": "lead",
    "messages": "message",
    "opportunities": "opportunity",
    "segments": "segment",
    "surveys": "ticket",
    "templates": "template",
    "tickets": "ticket",
    "webhooks": "webhook",
}
# Whoever reads these asks for what is told of people, which tests of auth's own and of the trail hold.
OTHERS = frozenset({"users", "api-keys"})


@dataclass
class Shown:
    """How many (viewer, record) pairs each route was asked for, and what it showed that it should not."""

    cases: dict[str, int] = field(default_factory=dict)
    allowed: int = 0
    wrong: list[str] = field(default_factory=list)


def staff() -> list[Entry]:
    """People with roles of every scope in a tree of departments, some of whom have left."""
    chance = random.Random(SEED)
    entries = [department(each, parent=PLACES[at // 2] if at else None) for at, each in enumerate(PLACES)]
    for number in STAFF:
        named = [f"{each}:read" for each in sorted(set(OWNED.values())) if chance.random() < 0.8]
        place = {"department": chance.choice(PLACES), "manager": chance.choice([*STAFF, None])}
        granted = {name: chance.choice(SCOPES) for name in named}
        entries += colleague(number, granted, **place, is_active=chance.random() > 0.1)
    return entries


def asked_here(routes: Sequence[Documented]) -> Iterator[tuple[Documented, str]]:
    """Yield each list, and each route of one record, with the kind."""
    for route in routes:
        kind = route.path.removeprefix(PREFIX).removesuffix("/{identity}")
        if route.method == "GET" and kind in OWNED:
            yield route, kind


def unjudged(routes: Sequence[Documented]) -> list[str]:
    """Name the lists and records of a kind of which nobody here knows whose they are."""
    known = OWNED.keys() | SHARED | OTHERS
    single = (each.path for each in routes if each.method == "GET" and each.path.endswith("/{identity}"))
    kinds = (path.removeprefix(PREFIX).removesuffix("/{identity}") for path in single)
    return sorted({kind for kind in kinds if kind not in known and kind != "notifications"})


async def judge(stand: Stand, truth: Directory, records: Mapping[UUID, Made], viewers: int) -> Shown:
    """Ask every route as so many people, and compare with the specification."""
    shown = Shown()
    for route, kind in asked_here(stand.routes):
        owners = {made[kind]: owner for owner, made in records.items()}
        for viewer in STAFF[:viewers]:
            allowed = {
                id for id, owner in owners.items() if may(truth, uid(viewer), OWNED[kind], "read", owner)
            }
            found = await _found(stand, route, viewer, owners)
            shown.cases[route.name] = shown.cases.get(route.name, 0) + len(owners)
            shown.allowed += len(allowed)
            if found != allowed:
                shown.wrong.append(f"{route.name}, {viewer}: +{found - allowed} -{allowed - found}")
    return shown


async def _found(stand: Stand, route: Documented, viewer: int, owners: Mapping[str, UUID]) -> set[str]:
    headers = list(bearer(viewer).items())
    if "{" in route.path:
        paths = {id: route.at(identity=id) for id in owners}
        answers = {id: await stand.ask(route.service, "GET", path, headers) for id, path in paths.items()}
        assert {each.status for each in answers.values()} <= {200, 401, 403, 404}
        return {id for id, each in answers.items() if each.status == 200 and each.json()["id"] == id}
    answer = await stand.ask(route.service, "GET", f"{route.path}?limit=200", headers)
    assert answer.status in {200, 401, 403}, answer
    items = answer.json()["items"] if answer.status == 200 else []
    return {each["id"] for each in items} & owners.keys()
