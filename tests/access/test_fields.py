"""What the directory answers about fields is what the specification allows, whatever the roles."""

import random
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi.routing import iter_route_contexts
from starlette.requests import Request

from libs.common.edge import EdgeRoute
from libs.common.events import Event
from libs.common.guard import Guard, shape_of
from libs.common.problems import Forbidden
from libs.common.restrictions import NONE, Restriction, Restrictions
from libs.platform.access.actor import Actor
from libs.platform.access.catalogue import FIELDS, STRUCTURAL, Form, resources_of
from libs.platform.access.field_specification import level
from libs.platform.access.fields import levels
from libs.platform.directory.model import Directory
from libs.platform.records.kinds import states
from libs.platform.subjects.marks import classes_of
from tests.access.conftest import Proof
from tests.access.field_mutants import MUTANTS, planted
from tests.contracts.documents import contracts
from tests.factories.directory import role, uid, user
from tests.gateway.apps import applications

NAMES = [f"{kind}.{field}" for kind in ("contact", "ticket-message", "account") for field in FIELDS[kind]]
PERMISSIONS = (
    "contact:read",
    "contact:update",
    "ticket:read",
    "account:read",
    "contacts:read",
    "*:*",
    "lead:read",
)
SCOPES = ("own", "all", "tree", "galaxy")
SAID = ("hidden", "masked", "read", "write", "glimpsed")
PEOPLE, ROLES = range(1, 9), range(301, 307)
SEED = 20261124


# Facts of events that tell nothing of a record's fields: what was done, how often, and how a mail goes out.
ABOUT_NO_FIELD = {
    *("into_id", "from_id", "clock", "is_automatic", "is_machine", "target", "recipients"),
    *("rows", "created", "updated", "unchanged", "skipped", "failed", "creates_account", "creates_contact"),
    *("mail_id", "message_id", "subject_id", "purpose", "not_after", "reason"),
    *("from_name", "reply_to", "in_reply_to", "list_unsubscribe_url"),
    *("contact_id", "link_opens", "link_id", "link_to"),
    *("user_id", "access", "expires_at"),
}


def _names(fact: str) -> set[str]:
    return {fact, fact.removeprefix("from_"), fact.removeprefix("to_")}


def company(chance: random.Random) -> Directory:
    """People with a few roles each, among them one whom nobody knows."""
    made = Directory()
    for number in ROLES:
        granted = {
            name: chance.choice(SCOPES) for name in chance.sample(PERMISSIONS, chance.choice((0, 1, 1, 2)))
        }
        said = {name: chance.choice(SAID) for name in chance.sample(NAMES, chance.choice((0, 3, 9)))}
        made.apply([role(number, granted, fields=said)])
    for number in PEOPLE:
        held = chance.sample((*ROLES, 999), chance.choice((0, 1, 2, 3)))
        made.apply([user(number, roles=held, is_active=chance.random() > 0.1)])
    return made


def judge(cases: int) -> tuple[int, list[str]]:
    """Compare person by person and field by field; return how many pairs, and the first that differ."""
    chance, done, wrong = random.Random(SEED), 0, list[str]()
    while done < cases and len(wrong) < 5:
        directory = company(chance)
        for number in PEOPLE:
            for name in NAMES:
                wrong += _differs(directory, uid(number), name)
                done += 1
    return done, wrong


def _differs(directory: Directory, user_id: UUID, name: str) -> list[str]:
    kind, _, field = name.partition(".")
    truth = level(directory, user_id, resources_of(kind), name)
    told = levels(directory, user_id).get(kind, {}).get(field, "write")
    own = Actor(user_id, directory).fields(kind)
    masks = FIELDS[kind][field] is not Form.SENSITIVE
    shown = {
        "hidden": field in own.hidden and field in own.unasked and field in own.unwritable,
        "masked": (field in own.masked) is masks
        and (field in own.unasked) is masks
        and field in own.unwritable,
        "read": field not in own.unreadable | own.unasked and field in own.unwritable,
        "write": field not in own.unreadable | own.unasked | own.unwritable,
    }
    return [] if truth == told and shown[truth] else [f"{name}: {truth}, not {told}"]


class TestFields:
    def test_are_what_the_specification_allows(self, proof: Proof) -> None:
        cases, wrong = judge(proof.sizes["field cases"])

        assert wrong == []
        proof.figures.sample("field cases", cases)
        proof.figures.exactly("field cases that differ", len(wrong), 0)

    def test_notice_each_planted_error(self, proof: Proof) -> None:
        survivors = []
        for name, patches in MUTANTS.items():
            with planted(patches):
                if not judge(20_000)[1]:
                    survivors.append(name)

        assert survivors == []
        proof.figures.at_least("field mutants killed", len(MUTANTS), proof.sizes["field mutants"])


class TestRoutes:
    """Every route of the OpenAPI documents, asked as by somebody who may not see a field."""

    async def test_refuse_every_unreadable_field_in_every_position(self, proof: Proof) -> None:
        cases, open_ = 0, list[str]()
        for route, guard in _guards():
            for query, kind, field in _questions(route, guard):
                cases += 1
                if not await _is_refused(
                    guard, query, {kind: Restriction(NONE, NONE, NONE, frozenset({field}))}
                ):
                    open_.append(f"{route.path}?{query} for {kind}.{field}")

        assert open_ == []
        proof.figures.at_least("unreadable positions", cases, proof.sizes["unreadable positions"])

    async def test_refuse_every_unwritable_field_of_a_body(self) -> None:
        open_ = []
        for route, guard in _guards():
            model = route.body_field.field_info.annotation if route.body_field else None
            for field in getattr(model, "model_fields", {}):
                if field in FIELDS.get(guard.kind, {}):
                    held = {guard.kind: Restriction(unwritable=frozenset({field}))}
                    if not await _is_refused(guard, "", held, {field: None}):
                        open_.append(f"{route.path}: {field}")

        assert open_ == []

    def test_show_records_that_say_of_which_kind_they_are(self) -> None:
        silent = [
            route.path
            for route, guard in _guards()
            if (guard.kind in FIELDS)
            and route.response_model is not None
            and shape_of(route.response_model) is None
            and not (route.openapi_extra or {}).get("x-reads")
            and not route.path.endswith(_OTHERWISE)
        ]

        assert silent == []


# Answers that are no records: results by id, words of a rule, counts, what one asked to see.
_OTHERWISE = (
    *("/batch", "/reveal", "/segments/fields", "/explain", "/members", "/members/remove", "/convert"),
    *("/deliveries", "/cursor", "/redeliver", "/test"),
    *("/collaborators", "/collaborators/{user_id}"),
)


def _guards() -> Iterator[tuple[EdgeRoute, Guard]]:
    for app in applications().values():
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            if isinstance(route, EdgeRoute):
                yield route, Guard(route, vars(EdgeRoute)["_resource"](route))


def _questions(route: EdgeRoute, guard: Guard) -> Iterator[tuple[str, str, str]]:
    """Yield every filter, sort, sparse field and figure of a route, with the field that it asks about."""
    for kind, fields in (route.openapi_extra or {}).get("x-reads", {}).items():
        yield from (("", kind, field) for field in fields)
    for each in (route.openapi_extra or {}).get("parameters", ()):
        name, known = each["name"], FIELDS.get(guard.kind, {})
        for field in known:
            if name == "sort" and re.search(rf"\b{field}\b", each["schema"]["pattern"]):
                yield from ((f"sort={way}{field}", guard.kind, field) for way in ("", "-", "id,-"))
        for field in guard.parameters.get(name.partition("[")[0], ()):
            if field in known:
                yield f"{name}=x", guard.kind, field


async def _is_refused(guard: Guard, query: str, held: Restrictions, body: object = None) -> bool:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"" if body is None else orjson.dumps(body)}

    scope = {"type": "http", "method": "POST", "query_string": query.encode(), "headers": []}
    try:
        await guard.demand(Request(scope, receive), held)
    except Forbidden as problem:
        return problem.slug in {"field-unreadable", "field-unwritable"}
    return False


class TestCatalogue:
    @pytest.mark.parametrize("kind", sorted(FIELDS))
    def test_is_that_of_the_contracts(self, kind: str) -> None:
        assert contracts()
        state = states()[kind]

        sensitive = {name for name, form in FIELDS[kind].items() if form is Form.SENSITIVE}

        assert FIELDS[kind].keys() == state.model_fields.keys() - STRUCTURAL
        assert sensitive == {name for name, of in classes_of(state).items() if of.value == "sensitive"}
        assert state.read_with is None or state.read_with[0] in resources_of(kind)

    def test_knows_what_every_fact_of_an_event_tells(self) -> None:
        unknown = {
            f"{type}: {fact}"
            for type, event in contracts().items()
            if (kind := type.split(".")[1]) in FIELDS
            for fact in event.model_fields.keys() - Event.model_fields.keys() - event.tells.keys()
            if fact not in {"state", "changed", event.key} and not _names(fact) & {*FIELDS[kind], *STRUCTURAL}
        }

        assert {each.split(": ")[1] for each in unknown} <= ABOUT_NO_FIELD

    def test_leaves_out_the_directory_alone(self) -> None:
        kinds = {type.split(".")[1] for type in contracts()}
        assert (states().keys() & kinds) - FIELDS.keys() <= {"directory"}
