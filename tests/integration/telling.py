"""Somebody is told something, as by the worker."""

from typing import Any

import orjson
from sqlalchemy import insert

from libs.common.clock import SystemClock
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.platform.access.actor import Actor
from libs.platform.references.tables import reference
from services.integration.notifications.commands import notify
from services.integration.notifications.queries import list_page
from tests.factories.directory import uid, user
from tests.integration.acting import a_directory, known, transacting
from tests.integration.conftest import SELLER

CAUSE = Cause("system", "test")
ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN,zh;q=0.9"}


async def told(database: Database, number: int = SELLER, *, name: str | None = None) -> str:
    """Somebody is told of a lead; with a name he may read it."""
    lead, event = new_id(), new_id()

    async def body(session: Any) -> None:
        notify(session, event, [uid(number)], "lead-assigned", ("lead", lead), {}, session.info["now"])
        if name is not None:
            await known(session, "lead", lead, uid(number))
            row = {"type": "lead", "id": lead, "epoch": 1, "version": 1, "label": name}
            await session.execute(insert(reference).values(row))

    directory = a_directory()
    directory.apply([user(each, dv=2) for each in range(1, 9)])
    await transacting(database, SystemClock(), directory).run(CAUSE, body)
    async with database.reading.connect() as connection:
        page = await list_page(connection, [("about_id", str(lead))], Actor(uid(number), directory), "en")
    found: str = orjson.loads(page)["items"][0]["id"]
    return found
