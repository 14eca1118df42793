"""The API process of a service: routers, health, problems and the body limit."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from libs.common.bodylimit import BodyLimit
from libs.common.db import Database
from libs.common.edge import Door
from libs.common.health import Check, Health
from libs.common.problem_handlers import install
from libs.common.quota import QuotaFields
from libs.common.revisions import required_revision
from libs.common.settings import Settings

type Opener = Callable[[FastAPI, Database, Health], AbstractAsyncContextManager[Door]]


def build_app(settings: Settings, package: str, routers: Sequence[APIRouter], opener: Opener) -> FastAPI:
    """Return a service's application; `opener` makes the door that every route goes through."""
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database.connect(settings)
        health.startup["schema"] = _schema_is_current(database, package)
        health.ready["database"] = _answers(database)
        async with opener(app, database, health) as door:
            app.state.door = door
            yield
        await database.close()

    app = FastAPI(
        title=f"Plexus CRM: {settings.service}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        routes=[*health.routes()],
    )
    app.state.settings, app.state.health = settings, health
    for router in routers:
        app.include_router(router)
    install(app)
    app.add_middleware(BodyLimit, limit=settings.body_limit_bytes)
    app.add_middleware(QuotaFields)
    return app


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
