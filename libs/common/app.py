"""The API process of a service: routers, health, problems and the body limit."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from sqlalchemy import text
from starlette.types import ASGIApp

from libs.common import garbage
from libs.common.bodylimit import BodyLimit
from libs.common.db import Database
from libs.common.edge import Door, indexed
from libs.common.front import Front
from libs.common.health import Check, Health
from libs.common.logs import configure
from libs.common.metrics_pool import read_pool
from libs.common.metrics_sources import new_page, watch_loop
from libs.common.problem_handlers import install
from libs.common.quota import QuotaFields
from libs.common.revisions import required_revision
from libs.common.settings import Settings
from libs.common.stream import read_streams
from libs.common.telemetry import Telemetry, tracing_of
from libs.common.uploads import larger_bodies

if TYPE_CHECKING:
    from libs.common.metrics_page import Page

_PROCESS = "api"
# The framework's own would tell the texts of exceptions, and asks at each request whether it is wanted.
_NONE_OF_THE_FRAMEWORKS: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}

type Opener = Callable[[FastAPI, Database, Health], AbstractAsyncContextManager[Door]]


def build_app(settings: Settings, package: str, routers: Sequence[APIRouter], opener: Opener) -> FastAPI:
    """Return a service's application; `opener` makes the door that every route goes through."""
    configure(settings, _PROCESS)
    health, page, tracing = Health(), new_page(settings, _PROCESS), tracing_of(settings, _PROCESS)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database.connect(settings)
        health.startup["schema"] = _schema_is_current(database, package)
        health.ready["database"] = _answers(database)
        async with opener(app, database, health) as door, _measured(page, app, database):
            app.state.door = door
            garbage.settle()
            if tracing is not None:
                app.state.door = replace(door, transactions=tracing.transactions(door.transactions))
            yield
        await database.close()
        if tracing is not None:
            await tracing.close()

    app = Service(
        title=f"Plexus CRM: {settings.service}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=_NONE_OF_THE_FRAMEWORKS,
        routes=[*health.routes(), *([page.route()] if page else [])],
    )
    app.state.settings, app.state.health, app.state.metrics = settings, health, page
    for router in routers:
        app.include_router(router)
    index = indexed(app.routes)
    app.router.routes.insert(0, index)
    install(app)
    limit, exactly = settings.body_limit_bytes, larger_bodies(routers)
    app.add_middleware(BodyLimit, limit=limit, exactly=exactly)
    app.add_middleware(QuotaFields)
    # The last one stands outside: it sees what the others answer.
    if settings.telemetry:
        app.add_middleware(Telemetry, slow=settings.slow_request)

    def around(layers: ASGIApp) -> ASGIApp:
        telemetry = Telemetry(layers, settings.slow_request) if settings.telemetry else None
        front = Front(layers, index, BodyLimit(layers, limit, exactly=exactly), telemetry)
        return front if tracing is None else tracing.middleware(front)

    app.around = around
    return app


class Service(FastAPI):
    """FastAPI's application, with something of ours around all of its layers."""

    around: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        """Return the layers, with what goes around them."""
        return self.around(super().build_middleware_stack())


@asynccontextmanager
async def _measured(page: "Page | None", app: FastAPI, database: Database) -> AsyncIterator[None]:
    """Let the page of metrics ask the pool and the streams, and watch the event loop meanwhile."""
    if page is None:
        yield
        return
    page.sources["pool"] = partial(read_pool, database.engine)
    page.sources["reads"] = database.reads.read_metrics
    page.sources["streams"] = partial(read_streams, app)
    stop = asyncio.Event()
    watching = asyncio.create_task(watch_loop(stop))
    yield
    stop.set()
    await watching


def _answers(database: Database) -> Check:
    async def check() -> bool:
        async with database.reading.connect() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one())

    return check


def _schema_is_current(database: Database, package: str) -> Check:
    wanted = required_revision(package)

    async def check() -> bool:
        async with database.reading.connect() as connection:
            found = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar_one_or_none()
            # A newer schema is fine: this release may run beside the next one, or after a roll-back.
            return (found or "") >= wanted

    return check
