"""Each service's application lets nobody in whom no marker names."""

import importlib
from dataclasses import dataclass
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import PlainTextResponse

from libs.common.edge import Public, Router
from libs.common.testing import kek_file
from libs.platform.access.edge import Needs, SignedIn
from tests.architecture.doors import unguarded
from tests.architecture.source import ROOT

SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))
ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SLOT": "test-0",
    "ADMIN_EMAIL": "admin@example.com",
    "ADMIN_PASSWORD": "correct horse battery staple",
}


@dataclass(frozen=True)
class Odd:
    """A marker that nobody knows."""

    kind: str = "friend"
    permission: str | None = None

    async def __call__(self) -> None:
        """Let friends in."""


async def endpoint() -> None:
    """Answer nothing."""


def app_with(router: APIRouter) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(router)
    return app


def routed(*dependencies: object) -> FastAPI:
    router = Router("/planted")
    router.add_api_route("/seeds", endpoint, dependencies=[Depends(each) for each in dependencies])  # type: ignore[arg-type]
    return app_with(router)


@pytest.mark.parametrize("name", SERVICES)
def test_service_marks_every_route(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in (ENVIRONMENT | {"KEK_FILE": str(kek_file())}).items():
        monkeypatch.setenv(f"PLEXUS_{variable}", value)
    app: FastAPI = importlib.import_module(f"services.{name}.main").app

    assert unguarded(app) == []
    assert any(path.startswith("/api/v1/") for path in app.openapi()["paths"])


class TestPlantedRoute:
    def test_without_a_marker_is_caught(self) -> None:
        assert unguarded(routed()) == ["GET /api/v1/planted/seeds has 0 markers, not one"]

    def test_with_two_markers_is_caught(self) -> None:
        faults = unguarded(routed(Needs("seed:read"), SignedIn()))

        assert faults == ["GET /api/v1/planted/seeds has 2 markers, not one"]

    def test_past_the_edge_is_caught(self) -> None:
        router = APIRouter(prefix="/api/v1/planted")
        router.add_api_route("/seeds", endpoint, dependencies=[Depends(SignedIn())])

        assert unguarded(app_with(router)) == ["GET /api/v1/planted/seeds does not go through the edge"]

    @pytest.mark.parametrize("marker", [Odd(), Needs("everything"), Needs("Seed:Read"), Public("")])
    def test_with_a_marker_that_says_nothing_is_caught(self, marker: object) -> None:
        assert len(unguarded(routed(marker))) == 1

    def test_that_is_no_api_route_is_caught(self) -> None:
        app = FastAPI(docs_url=None, redoc_url=None)
        app.add_route("/backdoor", lambda _: PlainTextResponse("in"))

        assert any("/backdoor" in fault for fault in unguarded(app))

    def test_that_is_mounted_is_caught(self) -> None:
        app = FastAPI(docs_url=None, redoc_url=None)
        app.mount("/files", FastAPI())

        assert len(unguarded(app)) == 1


@pytest.mark.parametrize("marker", [Needs("price-book:read"), SignedIn(), Public("People sign in here.")])
def test_marked_route_passes(marker: object) -> None:
    assert unguarded(routed(marker)) == []


def test_marker_within_a_parameter_counts() -> None:
    router = Router("/planted")

    async def guarded(actor: Annotated[object, Depends(Needs("seed:read"))]) -> None:
        """Answer nothing."""

    router.add_api_route("/seeds", guarded)

    assert unguarded(app_with(router)) == []
