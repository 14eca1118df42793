"""The API process of a service; apart from the worker's, which has no use for a web framework."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from libs.common.app import build_app
from libs.common.db import Database
from libs.common.edge import Door
from libs.common.health import Health
from libs.common.lineage import until_known
from libs.common.settings import Settings
from libs.platform.access.edge import Authenticator
from libs.platform.audit import audit_trail
from libs.platform.operations import asking, operations
from libs.platform.process import Platform


def create_app(settings: Settings, package: str, routers: Sequence[APIRouter]) -> FastAPI:
    """Return a service's application; every route authenticates against the directory in memory."""

    @asynccontextmanager
    async def opener(app: FastAPI, database: Database, health: Health) -> AsyncIterator[Door]:
        # Nothing is answered from a restored database that has not heard who was erased since.
        await until_known(database)
        platform, stop = Platform(settings, database), asyncio.Event()
        health.startup["directory"] = platform.replica.has_begun
        if app.state.metrics is not None:
            app.state.metrics.sources["directory"] = platform.read_metrics
        following = asyncio.create_task(platform.run(stop))
        authenticate = Authenticator(platform.replica)
        async with asking(app, settings):
            yield Door(database, platform.transactions, platform.ring, authenticate, settings.request_timeout)
        stop.set()
        await following

    everywhere = (operations(settings.service), audit_trail(settings.service))
    return build_app(settings, package, [*routers, *everywhere], opener)
