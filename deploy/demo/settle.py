"""Waiting until everything that was written has been read by everyone who reads it."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

from deploy.demo.client import Api
from deploy.demo.wire import Json

SERVICES = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")


class Behind(NamedTuple):
    """How much is still on its way; all zero means settled."""

    outbox: int
    due: int
    records: int
    parked: int

    @property
    def is_settled(self) -> bool:
        return not any(self)

    def __str__(self) -> str:
        return (
            f"{self.outbox} in outboxes, {self.due} timers late, "
            f"{self.records} not yet consumed, {self.parked} parked"
        )


async def settle(
    api: Api, *, services: Sequence[str] = SERVICES, timeout: float = 180.0, pause: float = 0.2
) -> Behind:
    """Return once every outbox is empty, nothing is parked, and every position is the end read after that.

    What a consumer does may fill an outbox again, so the calm has to hold for two looks, and
    the end offsets must be the same in both. Raises TimeoutError with what is still on its way.
    """
    until = time.monotonic() + timeout
    before: dict[str, int] | None = None
    while True:
        outboxes = sum([int((await look(api, name))["outbox"]) for name in services])
        reports = [await look(api, name) for name in services]
        behind, ends = measure(reports)
        if outboxes == 0 and behind.is_settled and ends == before:
            return behind
        before = ends if behind.is_settled else None
        if time.monotonic() > until:
            raise TimeoutError(f"The services did not settle: {behind}.")
        await asyncio.sleep(pause)


async def look(api: Api, service: str) -> Json:
    return await api.get(f"/operations/{service}")


def measure(reports: Sequence[Json]) -> tuple[Behind, dict[str, int]]:
    """What is on its way according to these reports, and each partition's end."""
    places = [place for report in reports for place in report["groups"]]
    records = sum(max(0, int(place["end"]) - int(place["position"])) for place in places)
    ends = {f"{p['group']}/{p['topic']}/{p['partition']}": int(p["end"]) for p in places}
    outbox = sum(int(report["outbox"]) for report in reports)
    parked = sum(int(report["parked"]) for report in reports)
    due = sum(int(report["due"]) for report in reports)
    return Behind(outbox, due, records, parked), ends
