"""Every route that reads, over HTTP, as a random company's people and their API keys ask."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from tests.access.documents import Documented, for_users
from tests.access.looking import OWNED, Viewer, World
from tests.access.places import PREFIX, SHARED
from tests.access.reads import judge_of
from tests.access.seeding import Made
from tests.access.stand import Stand
from tests.access.worlds import SCOPES
from tests.api import bearer, colleague, through_key
from tests.factories.directory import api_key, department, uid

SEED = 20_261_123
STAFF = range(21, 41)
# No others' numbers: of two entries of the same version nobody can tell which holds.
PLACES = range(701, 713)
KEYS = 2000
_SINGLE = {"sla-policies": "sla-policy"} | {
    each: each.removesuffix("s") for each in SHARED - {"sla-policies"}
}
READS = (
    *(
        f"{each}:read"
        for each in sorted({*OWNED.values(), *_SINGLE.values(), "event", "audit", "operations"})
    ),
    *("audit:export", "import:create"),
)
# Of each trail so many rows, the newest.
ROWS = 60


@dataclass
class Shown:
    """How many (viewer, record) pairs each route was asked for, and what it showed that it should not."""

    cases: dict[str, int] = field(default_factory=dict)
    allowed: int = 0
    through_keys: int = 0
    wrong: list[str] = field(default_factory=list)


def staff() -> list[Entry]:
    """People with roles of every scope in a tree of departments, some of whom have left, and their keys."""
    chance = random.Random(SEED)
    entries = [department(each, parent=PLACES[at // 2] if at else None) for at, each in enumerate(PLACES)]
    for number in STAFF:
        named = [each for each in READS if chance.random() < 0.8]
        place = {"department": chance.choice(PLACES), "manager": chance.choice([*STAFF, None])}
        granted = {name: chance.choice(SCOPES) for name in named}
        entries += colleague(number, granted, **place, is_active=chance.random() > 0.1)
        entries.append(api_key(KEYS + number, number, _through(number)))
    return entries


def _through(number: int) -> list[str]:
    """What a key lets through: two thirds of all."""
    return sorted(random.Random(SEED + number).sample(READS, 2 * len(READS) // 3))


def viewers(truth: Directory, count: int, keys: int) -> Iterator[Viewer]:
    """So many people, and so many of them once more through their keys."""
    for number in STAFF[:count]:
        yield Viewer(number, uid(number), list(bearer(number).items()), truth)
    for number in STAFF[:keys]:
        headers = list(through_key(number, KEYS + number).items())
        yield Viewer(number, uid(number), headers, truth, frozenset(_through(number)))


def asked_here(routes: Sequence[Documented]) -> list[Documented]:
    """Every route that reads for somebody."""
    return [each for each in for_users(routes) if each.method == "GET"]


def unjudged(routes: Sequence[Documented]) -> list[str]:
    """Name the routes of which nobody here knows what they may show."""
    return [each.name for each in asked_here(routes) if judge_of(each) is None]


async def judge(world: World, truth: Directory, count: int, keys: int) -> Shown:
    """Ask every route as so many people, and compare with the specification."""
    shown = Shown()
    people = list(viewers(truth, count, keys))
    for route in asked_here(world.stand.routes):
        compare = judge_of(route)
        is_ones_own = route.path.startswith(f"{PREFIX}auth/")
        for viewer in people:
            if compare is None or (is_ones_own and viewer.through is not None):
                continue
            found, allowed, cases = await compare(world, route, viewer)
            shown.cases[route.name] = shown.cases.get(route.name, 0) + cases
            shown.allowed += len(allowed)
            shown.through_keys += cases if viewer.through is not None else 0
            if found != allowed:
                how = "" if viewer.through is None else " through a key"
                told = f"+{sorted(found - allowed)} -{sorted(allowed - found)}"
                shown.wrong.append(f"{route.name}, {viewer.number}{how}: {told}")
    return shown


async def world_of(stand: Stand, records: Mapping[UUID, Made]) -> World:
    """Give what only one makes for himself to each owner, and let everybody be refused once everywhere."""
    await _in_auth(stand, records)
    for service in stand.apps:
        for number in STAFF:
            path = f"/api/v1/operations/{service}/unblock"
            body = {"topic": "crm.none", "key": "none"}
            await stand.ask(service, "POST", path, list(bearer(number).items()), body)
    return World(stand, records, {service: await _trail(stand, service) for service in stand.apps})


_COPY = text("""
INSERT INTO "user" SELECT (jsonb_populate_record(u, jsonb_build_object(
  'id', CAST(:id AS text), 'email_key', CAST(:id AS text) || '@example.org'
))).* FROM "user" u WHERE u.id = :like
""")
_GIVE = text("UPDATE api_key SET user_id = :owner WHERE id = :key")
_NEWEST = text("SELECT id, actor FROM audit ORDER BY id DESC LIMIT :rows")


async def _in_auth(stand: Stand, records: Mapping[UUID, Made]) -> None:
    """Let users be who they are in the directory, and have the keys that were made for them."""
    like = next(iter(records.values()))["users"]
    async with stand.scratches["auth"].database.engine.begin() as connection:
        for id in {*records, *map(uid, STAFF)}:
            await connection.execute(_COPY, {"id": str(id), "like": like})
        for owner, made in records.items():
            await connection.execute(_GIVE, {"owner": owner, "key": made["api-keys"]})
            made["users"] = str(owner)


async def _trail(stand: Stand, service: str) -> dict[str, UUID | None]:
    async with stand.scratches[service].database.reading.connect() as connection:
        rows = (await connection.execute(_NEWEST, {"rows": ROWS})).all()
    return {str(id): UUID(actor[5:]) if actor.startswith("user:") else None for id, actor in rows}
