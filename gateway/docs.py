"""The documentation process: the page, the merged document, and problems nobody else explains.

`python -m libs.common.serving gateway.docs:app --port 9003`; PLEXUS_BACKENDS says where the services are.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypedDict

import httpx
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.openapi import Json, merge
from gateway.routes import DATA, Routes, load_routes
from gateway.settings import Settings
from libs.common.health import Health
from libs.common.problem_answers import to_response
from libs.common.problem_texts import preferred_language, register
from libs.common.problems import NotFound, Problem

register(
    {
        "bad-gateway": ("The service behind this path does not answer", "后端服务没有响应"),
        "gateway-timeout": ("The service behind this path took too long", "后端服务响应超时"),
    }
)

VERSION = "0.1.0"
PAGE = Path(__file__).with_name("page")
SLUGS = {429: "too-many-requests", 502: "bad-gateway", 504: "gateway-timeout"}
# Swagger UI sets style attributes while it renders; scripts come from files of ours alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".png": "image/png"}


class Document:
    """The merged document, fetched again when it is older than `age` or incomplete."""

    def __init__(self, routes: Routes, settings: Settings, client: httpx.AsyncClient) -> None:
        self.routes = routes
        self.settings = settings
        self.client = client
        self.body = b""
        self.fresh_until = 0.0
        self.lock = asyncio.Lock()

    async def read(self) -> bytes:
        async with self.lock:
            if time.monotonic() >= self.fresh_until:
                await self._renew()
        return self.body

    async def _renew(self) -> None:
        names = [name for name in self.routes.enabled if name in self.settings.backends]
        answers = await asyncio.gather(*(self._fetch(name) for name in names))
        documents = {name: got for name, got in zip(names, answers, strict=True) if got is not None}
        merged = merge(documents, self.routes, version=VERSION)
        missing = sorted(set(names) - documents.keys())
        if missing:
            merged["info"]["description"] = f"Not answering at the moment: {', '.join(missing)}."
        self.body = orjson.dumps(merged)
        # What is not complete is looked for again at once.
        self.fresh_until = 0.0 if missing else time.monotonic() + self.settings.document_age

    async def _fetch(self, name: str) -> Json | None:
        url = f"http://{self.settings.backends[name]}/openapi.json"
        try:
            response = await self.client.get(url)
            response.raise_for_status()
            return dict(response.json())
        except (httpx.HTTPError, ValueError):
            return None


class State(TypedDict):
    document: Document


async def page(_request: Request) -> Response:
    return Response((PAGE / "index.html").read_bytes(), media_type="text/html", headers=_secure())


async def events(request: Request) -> Response:
    """The event catalogue, in the language that was asked for."""
    asked = request.query_params.get("lang") or preferred_language(request.headers.get("accept-language"))
    found = PAGE / ("events.zh.html" if asked == "zh" else "events.en.html")
    headers = {**_secure(), "Vary": "Accept-Language"}
    return Response(found.read_bytes(), media_type="text/html", headers=headers)


async def asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        return refuse(request, NotFound())
    headers = {**_secure(), "Cache-Control": "public, max-age=3600"}
    media_type = MEDIA_TYPES[Path(found.name).suffix]
    return Response(found.read_bytes(), media_type=media_type, headers=headers)


def assets() -> Mapping[str, Traversable]:
    """Every file the page needs, by name: Swagger UI's from its wheel, ours from beside this."""
    bundled = files("fastapi_swagger.resources")
    theirs = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")
    ours = {name: PAGE / name for name in ("page.css", "page.js", "events.css")}
    return {**{name: bundled / name for name in theirs}, **ours}


async def document(request: Request) -> Response:
    held: Document = request.state.document
    return Response(await held.read(), media_type="application/json", headers=_secure())


async def explain(request: Request) -> Response:
    """What Traefik refused by itself; the status in the path is the one the caller gets."""
    status = int(request.path_params["status"])
    if status not in SLUGS:
        return refuse(request, NotFound())
    return refuse(request, Problem(SLUGS[status], status=status, headers={"Retry-After": "1"}))


async def unknown(request: Request, _refused: Exception) -> Response:
    return refuse(request, NotFound())


async def home(_request: Request) -> Response:
    return RedirectResponse("/docs")


def refuse(request: Request, problem: Problem) -> Response:
    response = to_response(problem, request.headers.get("accept-language"))
    response.headers.update(DATA)
    return response


def _secure() -> dict[str, str]:
    return {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}


def create_docs(routes: Routes, settings: Settings) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[State]:
        async with httpx.AsyncClient(timeout=settings.document_timeout) as client:
            yield {"document": Document(routes, settings, client)}

    anything: list[str] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    paths: list[tuple[str, Any, list[str] | None]] = [
        ("/", home, None),
        ("/docs", page, None),
        ("/docs/events", events, None),
        ("/docs/assets/{name}", asset, None),
        ("/openapi.json", document, None),
        ("/problems/{status:int}", explain, anything),
    ]
    health = Health()
    table = [*health.routes(), *(Route(path, endpoint, methods=methods) for path, endpoint, methods in paths)]
    made = Starlette(routes=table, lifespan=lifespan, exception_handlers={404: unknown, 405: unknown})
    made.state.health = health
    return made


app = create_docs(load_routes(), Settings())
