"""The gateway's door: an opaque credential comes in, a token goes out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from libs.common.edge import Door, EdgeRoute
from libs.common.problems import Problem, Unauthenticated
from libs.common.quota import HEADER, Quota
from libs.platform.directory.model import Directory
from services.auth import origins
from services.auth.exchanges.commands import Exchanger
from services.auth.exchanges.schemas import Credential, Grant
from services.auth.quotas import Quotas

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Gateway:
    """Marks the one route that only the gateway calls; it is on a listener of its own, and asks no token."""

    kind: str = "service"
    permission: str | None = None

    async def __call__(self) -> None:
        """Let the gateway in."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Lend the application an exchanger over its door, and the counter of quotas."""
    door: Door = app.state.door
    directory: Directory = door.transactions.carries["directory"]
    settings = app.state.settings
    app.state.exchanger = Exchanger(door.database, directory, door.keks)
    app.state.quotas = Quotas(settings.redis_url, settings.quota_per_minute)
    yield
    await app.state.quotas.close()


router = APIRouter(route_class=EdgeRoute, lifespan=lifespan)


@router.get("/exchange", dependencies=[Depends(Gateway())])
async def exchange(request: Request) -> Response:
    """Return the token in a header that the gateway copies, or the refusal that the caller gets to see."""
    credential = _credential(request)
    grant = await _granted(request, credential)
    quota = await _counted(request, grant)
    told = {HEADER: str(quota)} if quota else {}
    return Response(headers={"Authorization": f"Bearer {grant.token}", **told})


def _credential(request: Request) -> Credential:
    headers = request.headers
    found = Credential.of(headers.getlist("authorization"), headers.getlist("cookie"), origins.NAME)
    if found is None:
        raise Unauthenticated
    if found.kind == "cookie" and headers.get("x-forwarded-method") not in _SAFE:
        origins.demand_ours(headers, request.app.state.settings.public_url)
    return found


async def _granted(request: Request, credential: Credential) -> Grant:
    exchanger: Exchanger = request.app.state.exchanger
    address = request.headers.get("x-forwarded-for", "")
    now = request.app.state.door.transactions.clock.now()
    try:
        return await exchanger.exchange(credential, address, now)
    except Unauthenticated as refusal:
        if credential.kind == "cookie":
            refusal.headers["Set-Cookie"] = origins.CLEARED
        raise


async def _counted(request: Request, grant: Grant) -> Quota | None:
    """Count a key's request; raises a 429 that says how long the caller must wait."""
    quotas: Quotas = request.app.state.quotas
    counted = await quotas.count(grant.session_id, grant.per_minute) if grant.kind == "api-key" else None
    if counted is None:
        return None
    quota, is_too_many = counted
    if is_too_many:
        headers = {**quota.fields(), "Retry-After": str(quota.reset)}
        raise Problem("quota-exceeded", status=429, headers=headers, retry_after=quota.reset)
    return quota
