"""The short way to an endpoint answers as FastAPI's own way does, and is taken where it can be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from libs.common.dispatch import Index, Known, directly

ID = UUID("0193f2a0-0000-7000-8000-000000000001")
lent: list[str] = []


@dataclass(frozen=True)
class Demands:
    """A door that lets in who names himself."""

    async def __call__(self, request: Request) -> str:
        if "who" not in request.headers:
            raise HTTPException(403)
        return str(request.headers["who"])


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    count: int = 0


async def lending() -> AsyncIterator[str]:
    lent.append("taken")
    yield "connection"
    lent.append("given back")


Who = Annotated[str, Depends(Demands())]
Lent = Annotated[str, Depends(lending)]
KNOWN = Known(given={}, lent={lending: lambda _: asynccontextmanager(lending)()}, ignored=frozenset())
router = APIRouter(prefix="/things")


@router.get("/{identity}")
async def read(identity: UUID, who: Who, connection: Lent) -> Response:
    return JSONResponse({"id": str(identity), "who": who, "with": connection})


@router.post("", dependencies=[Depends(Demands())])
async def create(body: Item, request: Request) -> Response:
    return JSONResponse({"name": ascii(body.name), "count": body.count, "path": request.url.path}, 201)


@router.get("/{identity}/parts/{part}")
async def read_part(identity: UUID, part: UUID) -> Response:
    return JSONResponse([str(identity), str(part)])


@router.get("/special")
async def special() -> Response:
    return JSONResponse("special")


@router.get("/asked/for")
async def asked(limit: int = 5) -> Response:
    return JSONResponse(limit)


@router.get("/shaped/{identity}")
async def shaped(identity: UUID) -> Item:
    return Item(name=str(identity))


def routes() -> dict[str, APIRoute]:
    return {each.name: each for each in router.routes if isinstance(each, APIRoute)}


async def never(request: Request) -> Response:
    raise AssertionError(request.url.path)


def application(*, short: bool) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.include_router(router)
    if short:
        handlers = {name: directly(each, each.get_route_handler(), KNOWN) for name, each in routes().items()}
        app.router.routes.insert(0, Index((each, handlers[name]) for name, each in routes().items()))
    return app


async def answer(app: FastAPI, method: str, path: str, **more: Any) -> tuple[int, Any]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        response = await client.request(method, path, **more)
    return response.status_code, response.json()


def of_type(content_type: str) -> dict[str, str]:
    return {"who": "ada", "content-type": content_type}


WHO = {"who": "ada"}
JSON = of_type("application/json")
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"/things/{ID}", {"headers": WHO}),
    ("GET", f"/things/{ID}", {}),
    ("GET", f"/things/{ID.hex}", {"headers": WHO}),
    ("GET", "/things/nobody", {"headers": WHO}),
    ("GET", "/things/nobody", {}),
    ("GET", "/things/0-93f2a0-0000-7000-8000-000000000001", {"headers": WHO}),
    ("GET", f"/things/{ID}/parts/{ID}", {}),
    ("GET", f"/things/{ID}/parts/", {}),
    ("GET", f"/things/{ID}/", {"headers": WHO}),
    ("GET", "/things//parts/x", {}),
    ("GET", "/things/{}", {"headers": WHO}),
    ("GET", "/things/asked/for?limit=7", {}),
    ("GET", "/things/asked/for?limit=x", {}),
    ("GET", f"/things/shaped/{ID}", {}),
    ("PUT", f"/things/{ID}", {"headers": WHO}),
    ("GET", "/nothing", {}),
    ("POST", "/things", {"headers": WHO, "json": {"name": "one", "count": "3"}}),
    ("POST", "/things", {"headers": WHO, "json": {"name": "one", "more": 1}}),
    ("POST", "/things", {"json": {"name": "one"}}),
    ("POST", "/things", {"headers": JSON, "content": b"{"}),
    ("POST", "/things", {"headers": JSON, "content": b""}),
    ("POST", "/things", {"headers": JSON, "content": b'{"name": "\\ud800", "count": 1}'}),
    ("POST", "/things", {"headers": of_type("text/plain"), "content": b'{"name": "x"}'}),
    (
        "POST",
        "/things",
        {"headers": JSON | {"content-type": "application/json; charset=utf-8"}, "json": {"name": "x"}},
    ),
    (
        "POST",
        "/things",
        {"headers": WHO | {"content-type": "application/merge-patch+json"}, "json": {"name": "x"}},
    ),
]


@pytest.mark.parametrize(("method", "path", "more"), ASKED)
async def test_answers_as_fastapi_does(method: str, path: str, more: dict[str, Any]) -> None:
    usual = await answer(application(short=False), method, path, **more)

    assert await answer(application(short=True), method, path, **more) == usual


class TestPlan:
    @pytest.mark.parametrize("name", ["read", "create", "read_part", "special"])
    async def test_asks_fastapi_for_nothing_ordinary(self, name: str) -> None:
        route = routes()[name]
        handler = directly(route, never, KNOWN)
        assert handler is not None
        app = FastAPI()
        app.router.routes.insert(0, Index([(route, handler)]))
        path = route.path.replace("{identity}", str(ID)).replace("{part}", str(uuid4()))
        method = "POST" if name == "create" else "GET"
        more = {"json": {"name": "one"}} if name == "create" else {}

        status, _ = await answer(app, method, path, headers=WHO, **more)

        assert status in {200, 201}

    @pytest.mark.parametrize("name", ["asked", "shaped"])
    def test_is_made_for_nothing_that_fastapi_has_to_read_or_shape(self, name: str) -> None:
        assert directly(routes()[name], never, KNOWN) is None

    def test_is_not_made_past_a_dependency_that_it_does_not_know(self) -> None:
        async def deep(who: Who) -> str:
            return who

        inner = APIRouter()

        @inner.get("/deep", dependencies=[Depends(deep)])
        async def endpoint() -> Response:
            return Response()

        (route,) = [each for each in inner.routes if isinstance(each, APIRoute)]
        assert directly(route, never, KNOWN) is None

    async def test_gives_back_what_was_lent(self) -> None:
        lent.clear()

        await answer(application(short=True), "GET", f"/things/{ID}", headers=WHO)
        await answer(application(short=True), "GET", f"/things/{ID}")

        assert lent == ["taken", "given back"]


class TestIndex:
    async def test_prefers_a_literal_to_a_parameter(self) -> None:
        handlers = {name: directly(each, never, KNOWN) for name, each in routes().items()}
        app = FastAPI()
        app.router.routes.insert(0, Index((each, handlers[name]) for name, each in routes().items()))

        assert await answer(app, "GET", "/things/special") == (200, "special")
