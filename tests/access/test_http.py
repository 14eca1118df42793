"""Every route of the OpenAPI documents, asked over HTTP by those who may not."""

from collections.abc import AsyncIterator

import pytest
from httpx import codes

from gateway.routes import load_routes
from libs.platform.directory.entries import Entry
from tests.access.conftest import Proof
from tests.access.documents import Documented, api_routes, for_users
from tests.access.forgeries import (
    DISABLED,
    EXPIRED_KEY,
    FORGERIES,
    GENUINE,
    MASTER,
    OTHERS_KEY,
    REVOKED,
    REVOKED_KEY,
)
from tests.access.overposting import is_refusal, owned_by_us, send_field
from tests.access.places import UNKNOWN
from tests.access.scoped import STAFF, judge, staff, unjudged, world_of
from tests.access.seeding import Made, Seeder
from tests.access.stand import Stand, changes, standing
from tests.access.strangers import VICTIM, Findings, asked, attempt, cases, is_naming, people, tried
from tests.access.worlds import Told
from tests.api import bearer, colleague
from tests.factories.directory import api_key, uid

LIMIT = 600
# For whoever is signed in: these show and change what is his own, or what his permissions let him find.
FOR_ONESELF = ("/api/v1/auth/", "/api/v1/notifications", "/api/v1/search", "/api/v1/timeline")
NOBODYS = uid(404)


def directory() -> list[Entry]:
    """Somebody who may do everything, somebody who left, and credentials that were good once."""
    return [
        *colleague(MASTER, {"*:*": "all"}),
        *colleague(DISABLED, {"*:*": "all"}, is_active=False),
        api_key(EXPIRED_KEY, MASTER, ["*:*"], expires_at="2026-01-01T00:00:00+00:00"),
        api_key(REVOKED_KEY, MASTER, ["*:*"], deleted=True),
        api_key(OTHERS_KEY, DISABLED, ["*:*"]),
        *people(),
        *staff(),
        Entry("session", str(REVOKED), 1, {"user_id": str(uid(MASTER)), "forget_at": "2999-01-01T00:00:00Z"}),
    ]


@pytest.fixture(scope="module")
async def stand() -> AsyncIterator[Stand]:
    async with standing(directory()) as opened:
        yield opened


class TestMarkers:
    def test_stand_on_every_route(self, stand: Stand, proof: Proof) -> None:
        public = [path for service in load_routes().services.values() for path in service.public]
        loose = [each.name for each in stand.routes if not _says_who(each, public)]
        hidden = _undocumented(stand, public)

        assert loose == hidden == []
        proof.figures.sample("routes with a marker", len(stand.routes))
        proof.figures.exactly("routes that say not who may", len(loose) + len(hidden), 0)


def _says_who(route: Documented, public: list[str]) -> bool:
    if not route.is_for_users:
        return any(route.path.startswith(each) for each in public)
    return route.marker.permission is not None or route.path.startswith(FOR_ONESELF)


def _undocumented(stand: Stand, public: list[str]) -> list[str]:
    """Name the routes that no document tells of; but for the links in our mails, which nobody calls."""
    told = {(each.service, each.path) for each in stand.routes}
    found = ((service, route) for service, app in stand.apps.items() for route in api_routes(app))
    return [
        route.path
        for service, route in found
        if (service, route.path_format) not in told and not route.path.startswith(tuple(public))
    ]


class TestForgedTokens:
    @pytest.mark.timeout(LIMIT)
    async def test_open_no_door_of_any_service(self, stand: Stand, proof: Proof) -> None:
        before = await stand.fingerprint()
        every = [(service, name) for name in FORGERIES for service in stand.apps]
        some = spread(every, proof.sizes["forged tokens"])
        faults = [fault for service, name in some for fault in await _tried(stand, service, name)]
        faults += [fault for service in stand.apps for fault in await _genuine(stand, service)]
        moved = changes(before, await stand.fingerprint())

        assert faults == moved == []
        proof.figures.sample("forged tokens", len(some))
        proof.figures.at_least("kinds of forged tokens", len(FORGERIES), 40)
        proof.figures.exactly("forged tokens let in", len(faults), 0)

    async def test_are_asked_for_at_every_route(self, stand: Stand, proof: Proof) -> None:
        routes = for_users(stand.routes)
        before = await stand.fingerprint()
        faults = [fault for each in routes for fault in await _refused(stand, each)]
        moved = changes(before, await stand.fingerprint())

        assert faults == moved == []
        proof.figures.sample("routes closed to nobody", len(routes))
        proof.figures.exactly("routes open to nobody", len(faults), 0)


async def _tried(stand: Stand, service: str, name: str) -> list[str]:
    """Try a forgery at a read and at a write."""
    make, write = FORGERIES[name], f"/api/v1/operations/{service}/unblock"
    answers = [
        await stand.ask(service, "GET", f"/api/v1/audit/{service}", make()),
        await stand.ask(service, "POST", write, make(), {"topic": "crm.none", "key": "none"}),
    ]
    told = {(each.status, each.slug) for each in answers}
    return [] if told == {(401, "unauthenticated")} else [f"{service}: {name}: {told}"]


async def _genuine(stand: Stand, service: str) -> list[str]:
    """Show genuine tokens where they belong, and one where it does not: in the address."""
    read, faults = f"/api/v1/audit/{service}", []
    for name, make in GENUINE.items():
        answer = await stand.ask(service, "GET", read, make())
        if answer.status != codes.OK:
            faults.append(f"{service}: genuine, {name}: {answer.status} {answer.slug}")
    token = FORGERIES["no scheme"]()[0][1]
    if (await stand.ask(service, "GET", f"{read}?access_token={token}")).status != codes.UNAUTHORIZED:
        faults.append(f"{service}: in the query")
    return faults


async def _refused(stand: Stand, route: Documented) -> list[str]:
    """Ask a route without a token, and with one that has expired."""
    path = route.at(**dict.fromkeys(route.parameters, NOBODYS))
    faults = []
    for name in ("nothing", "expired"):
        answer = await stand.ask(route.service, route.method, path, FORGERIES[name](), b"{}")
        if (answer.status, answer.slug) != (401, "unauthenticated"):
            faults.append(f"{route.name}, {name}: {answer.status} {answer.slug}")
    return faults


@pytest.fixture(scope="module")
async def seeder(stand: Stand) -> Seeder:
    lent = Seeder(stand)
    await lent.begin()
    return lent


@pytest.fixture(scope="module")
async def made(seeder: Seeder) -> Made:
    """The victim's records."""
    return await seeder.make(uid(VICTIM))


class TestObjectAccess:
    @pytest.mark.timeout(LIMIT)
    async def test_leaks_and_changes_nothing(self, stand: Stand, made: Made, proof: Proof) -> None:
        found = tried(stand.routes)
        assert {place.title for place in found if place.kind not in made} == set()
        every = [(place, who) for place, who in cases(found) if not is_naming(place, who)]
        wanted = proof.sizes["object-access cases"]
        findings = Findings()

        before = await stand.fingerprint()
        for place, who in spread(every, wanted):
            await attempt(stand, place, who, made, findings)
        moved = changes(before, await stand.fingerprint())

        assert findings.faults == moved == []
        proof.figures.sample("object-access places", len(found))
        proof.figures.sample("object-access cases", findings.cases)
        proof.figures.exactly("object-access leaks", len(findings.faults), 0)
        proof.figures.exactly("object-access changes", len(moved), 0)

    async def test_names_without_being_shown(self, stand: Stand, made: Made, proof: Proof) -> None:
        every = [(place, who) for place, who in cases(tried(stand.routes)) if is_naming(place, who)]
        findings = Findings()

        for place, who in spread(every, proof.sizes["records named unseen"]):
            await attempt(stand, place, who, made, findings)

        assert findings.faults == []
        proof.figures.sample("records named unseen", findings.cases)

    async def test_is_tried_with_requests_that_would_do(self, stand: Stand, made: Made, proof: Proof) -> None:
        """Whoever may do everything is refused for the id alone, and for nothing else in the request."""
        master = list(bearer(MASTER).items())
        every = [place for place in tried(stand.routes) if place.where != "query"]
        blind = []
        for place in spread(every, proof.sizes["requests that would do"]):
            answer = await asked(stand, place, str(UNKNOWN), master, made)
            if answer.status in {400, 422} or answer.status >= 500:
                blind.append(f"{place.title}: {answer.status} {answer.content[:200]!r}")

        assert blind == []
        proof.figures.sample("requests that would do", min(len(every), proof.sizes["requests that would do"]))


class TestHttpScopes:
    @pytest.mark.timeout(LIMIT)
    async def test_show_what_the_specification_allows(
        self, stand: Stand, seeder: Seeder, made: Made, proof: Proof
    ) -> None:
        assert unjudged(stand.routes) == []
        told = Told()
        told.hear(directory())
        owners = STAFF[: proof.sizes["http scope owners"]]

        records = {uid(VICTIM): made} | {uid(each): await seeder.make(uid(each)) for each in owners}
        await seeder.settle(records.values())
        world = await world_of(stand, records)
        sizes = [proof.sizes[f"http scope {name}"] for name in ("viewers", "viewers through a key")]
        shown = await judge(world, told.truth(), *sizes)

        assert not shown.wrong, "\n".join(shown.wrong)
        assert 0 < shown.allowed < sum(shown.cases.values())
        proof.figures.sample("http scope owners", len(owners))
        proof.figures.sample("http scope viewers", min(len(STAFF), proof.sizes["http scope viewers"]))
        proof.figures.sample("http scope viewers through a key", min(len(STAFF), sizes[1]))
        proof.figures.sample("http scope cases", sum(shown.cases.values()))
        proof.figures.sample("http scope cases through a key", shown.through_keys)
        proof.figures.sample("http scope routes", len(shown.cases))
        proof.figures.sample("http scope cases of each route", min(shown.cases.values()))
        proof.figures.exactly("http scope cases that differ", len(shown.wrong), 0)


class TestServerOwnedFields:
    @pytest.mark.timeout(LIMIT)
    async def test_are_refused_by_every_write(self, stand: Stand, made: Made, proof: Proof) -> None:
        every = [(route, name) for route in stand.routes for name in owned_by_us(route, stand.routes)]
        faults = []

        before = await stand.fingerprint()
        for route, name in spread(every, proof.sizes["server-owned fields"]):
            answer = await send_field(stand, route, name, made)
            if not is_refusal(answer, name):
                faults.append(f"{route.name} {name}: {answer.status} {answer.content[:200]!r}")
        moved = changes(before, await stand.fingerprint())

        assert faults == moved == []
        proof.figures.sample("server-owned fields", min(len(every), proof.sizes["server-owned fields"]))
        proof.figures.exactly("server-owned fields taken", len(faults), 0)


def spread[T](every: list[T], wanted: int) -> list[T]:
    """Take so many, or all, at even distances."""
    count = min(wanted, len(every))
    return [every[at * len(every) // count] for at in range(count)]
