"""Who needs keys lets them be applied before; nobody waits where nothing is urgent."""

import asyncio

import pytest

from libs.common import urgency
from libs.common.urgency import Urgency


class TestGiveWay:
    async def test_ends_when_something_urgent_was_applied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shared, order = Urgency(), list[str]()
        monkeypatch.setattr(urgency, "_BEGIN", 0.001)
        monkeypatch.setattr(urgency, "_APPLY", 60.0)

        async def others() -> None:
            await shared.give_way()
            order.append("others")

        with shared.applying("keys", is_full=True):
            waiting = asyncio.create_task(others())
            await asyncio.sleep(0.01)
            assert shared.behind == {"keys"}
            order.append("keys")
        await waiting

        assert order == ["keys", "others"]

    async def test_ends_soon_when_nothing_urgent_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shared = Urgency()
        await shared.give_way()
        with shared.applying("keys", is_full=False):
            pass
        monkeypatch.setattr(urgency, "_APPLY", 60.0)

        async with asyncio.timeout(30):
            await shared.give_way()

        assert not shared.behind
