"""Whose rows are measured: a department with its salespeople, and the head of it who asks for them."""

import asyncio
import time
from dataclasses import dataclass, field

from deploy.demo.client import Api
from deploy.demo.wire import Json
from deploy.local.credentials import load_credentials
from deploy.local.services import NAMES
from tests.load.bench.platform import Platform

SYSTEM, PASSWORD, EMAIL = "bench", "Plexus-Bench-2026", "head@bench.example.com"
OWNERS, FRESH = 20, 240.0
KINDS = ("account", "contact", "lead", "opportunity")
STAGES = (
    ("Qualification", "open"),
    ("Proposal", "open"),
    ("Negotiation", "open"),
    ("Won", "won"),
    ("Lost", "lost"),
)


@dataclass(frozen=True, slots=True)
class People:
    """The head's id, the ids of the owners, and the pipeline with its stages by name."""

    head: str
    owners: list[str]
    pipeline: str
    stages: dict[str, str]


@dataclass(slots=True)
class Tokens:
    """The head's access token, signed in for anew before it grows old."""

    platform: Platform
    _token: str = ""
    _made: float = field(default=-FRESH)

    def fresh(self) -> str:
        if time.monotonic() - self._made >= FRESH:
            self._token, self._made = asyncio.run(self._sign_in()), time.monotonic()
        return self._token

    async def _sign_in(self) -> str:
        async with as_head(self.platform) as api:
            return str(api.tokens["access_token"])


def as_head(platform: Platform) -> Api:
    return Api(platform.gateway, EMAIL, PASSWORD, ca_file=platform.stack.ca_file)


def as_administrator(platform: Platform) -> Api:
    known = load_credentials(platform.stack.state.path, NAMES)
    ca_file = platform.stack.ca_file
    return Api(platform.gateway, known.admin_email, known.admin_password, ca_file=ca_file)


async def settle_in(platform: Platform) -> People:
    """Create department, role, users and pipeline, or find those of an earlier run."""
    async with as_administrator(platform) as api:
        department = await ensured(api, "departments", "all", {"name": "Sales"})
        role = await ensured(api, "roles", "head", {"name": "Head of sales", "permissions": permissions()})
        head = {"email": EMAIL, "name": "Head", "password": PASSWORD, "role_ids": [role["id"]]}
        place = {"department_id": department["id"]}
        leader = await ensured(api, "users", "head", head | place)
        owners = []
        for number in range(OWNERS):
            body = {"email": f"owner{number}@bench.example.com", "name": f"Owner {number}"}
            owners.append(str((await ensured(api, "users", f"owner{number}", body | place))["id"]))
        stages = [{"name": name, "kind": kind, "probability": "0.5"} for name, kind in STAGES]
        pipeline = await ensured(api, "pipelines", "main", {"name": "Main", "stages": stages})
    named = {stage["name"]: str(stage["id"]) for stage in pipeline["stages"]}
    return People(str(leader["id"]), owners, str(pipeline["id"]), named)


def permissions() -> dict[str, str]:
    """What the head may do with records of his department: a scope that becomes a list of owners in SQL."""
    own = {f"{kind}:{action}": "tree" for kind in KINDS for action in ("read", "create", "update")}
    return own | dict.fromkeys(("pipeline:read", "product:read", "import:read", "import:create"), "all")


async def ensured(api: Api, plural: str, name: str, body: Json) -> Json:
    """The record with this external id, created unless it is there."""
    found = await api.get(f"/{plural}", external_system=SYSTEM, external_id=name)
    if found["items"]:
        return dict(found["items"][0])
    return await api.post(f"/{plural}", body | {"external_id": {"system": SYSTEM, "id": name}})
