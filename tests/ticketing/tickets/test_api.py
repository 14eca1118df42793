"""Tickets over HTTP."""

from typing import Any
from uuid import UUID

import httpx

from tests.factories.directory import uid
from tests.ticketing.calls import (
    TICKET,
    Headers,
    Record,
    get,
    ids,
    matching,
    post,
)
from tests.ticketing.conftest import AGENT

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
THEN = "2024-02-01T09:00:00Z"


async def opened(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/tickets", **TICKET | fields)


class TestTickets:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, agent: Headers
    ) -> None:
        made = await opened(client, agent)
        path = f"/tickets/{made['id']}"
        assert made == await get(client, agent, path)
        assert (made["owner_id"], made["status"], made["status_category"]) == (str(uid(AGENT)), "new", "open")

        waiting = await post(client, agent, f"{path}/wait")
        assert (waiting["status"], waiting["status_category"]) == ("waiting-for-customer", "waiting")
        assert (await post(client, agent, f"{path}/resume"))["status"] == "in-progress"
        assert (await post(client, agent, f"{path}/escalate"))["status"] == "escalated"
        resolved = await post(client, agent, f"{path}/resolve")
        assert (resolved["status_category"], resolved["resolved_at"] is None) == ("resolved", False)
        again = await post(client, agent, f"{path}/reopen")
        assert (again["reopened_count"], again["resolved_at"]) == (1, None)
        closed = await post(client, agent, f"{path}/close")
        assert (closed["status"], closed["resolved_at"]) == ("closed", closed["closed_at"])
        gone = await client.delete(path, headers=agent | matching(closed))
        assert made["id"] not in await ids(client, agent, f"/tickets?id={made['id']}")
        restored = await post(client, agent, f"{path}/restore")

        assert (gone.status_code, restored["version"], restored["deleted_at"]) == (200, 10, None)
        assert restored == await get(client, agent, path)
