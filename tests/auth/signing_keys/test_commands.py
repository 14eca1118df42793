import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.testing import FakeClock
from libs.contracts.auth import SigningKeyPublished, SigningKeyRetired
from services.auth.signing_keys import queries
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.signing_keys.model import AHEAD, ROTATION


@pytest.fixture
async def fresh(working: AsyncSession) -> AsyncSession:
    await working.execute(text("DELETE FROM signing_key"))
    return working


async def turn(session: AsyncSession, clock: FakeClock, seconds: float = 0) -> None:
    """Let time pass, and the job run."""
    clock.advance(seconds)
    session.info["now"] = clock.now()
    await rotate_signing_keys(session)
    await session.flush()


class TestRotate:
    async def test_makes_a_first_key_that_can_be_used_at_once(
        self, fresh: AsyncSession, clock: FakeClock
    ) -> None:
        await turn(fresh, clock)

        assert (await queries.current(fresh, clock.now())).usable_from == clock.now()

    async def test_does_nothing_while_the_key_is_young(self, fresh: AsyncSession, clock: FakeClock) -> None:
        for _ in range(3):
            await turn(fresh, clock, 60)

        assert [type(each) for each in recorded(fresh)] == [SigningKeyPublished]

    async def test_publishes_the_next_before_it_is_used(self, fresh: AsyncSession, clock: FakeClock) -> None:
        await turn(fresh, clock)
        first = await queries.current(fresh, clock.now())

        await turn(fresh, clock, ROTATION.total_seconds())

        assert len(await queries.living(fresh)) == 2
        assert await queries.current(fresh, clock.now()) is first
        clock.advance(AHEAD.total_seconds())
        assert await queries.current(fresh, clock.now()) is not first

    async def test_retires_the_last_when_no_token_needs_it(
        self, fresh: AsyncSession, clock: FakeClock
    ) -> None:
        await turn(fresh, clock)
        await turn(fresh, clock, ROTATION.total_seconds())

        await turn(fresh, clock, 3 * AHEAD.total_seconds())

        assert isinstance(recorded(fresh)[-1], SigningKeyRetired)
        assert len(await queries.living(fresh)) == 1
