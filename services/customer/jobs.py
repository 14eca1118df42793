"""Due work of customer: keep the members of segments as their rules say, and run imports."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.plan import Job, Loop
from libs.common.transaction import Transactions
from services.customer.accounts.commands import create_accounts, revise_accounts
from services.customer.accounts.schemas import AccountCreate
from services.customer.contacts.commands import create_contacts, revise_contacts
from services.customer.importing import Commands, Importer
from services.customer.imports.commands import clear_imports, finish_import, stop_import
from services.customer.segment_checks.queries import lead, postpone, waiting
from services.customer.segment_members.commands import check_changed, check_due, enter_copied, fill_segment

log = logging.getLogger(__name__)

type Step = Callable[[AsyncSession, int], Awaitable[None]]

_CAUSE = Cause("system", "segments")
_IDLE, _PAUSE = 0.25, 1.0
# A turn costs as much as many checks: under a steady load of changes ten a second share them.
_APART = 0.1
# Contacts in one step: its transaction lasts well under a second, so that a change never waits for long
# behind the filling of a large segment.
_LARGEST = 500


async def _check_changed(session: AsyncSession, size: int) -> None:
    await check_changed(session, size, session.info["now"])


async def _check_due(session: AsyncSession, size: int) -> None:
    await check_due(session, size, session.info["now"])


async def _fill_segment(session: AsyncSession, size: int) -> None:
    await fill_segment(session, size, session.info["now"])


async def _enter_copied(session: AsyncSession, size: int) -> None:
    await enter_copied(session, size, session.info["now"])


_STEPS: dict[str, Step] = {
    "checks": _check_changed,
    "rechecks": _check_due,
    "fillings": _fill_segment,
    "additions": _enter_copied,
}


@dataclass
class Upkeep:
    """Takes one bounded step of each kind in turn, so that none waits for all of another kind."""

    transactions: Transactions
    sizes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STEPS, _LARGEST))
    # How far the next turn is to begin behind the last one, in seconds.
    apart: float = 0.0

    async def turn(self) -> bool:
        """Take one step of each kind that there is work of; False when there is none for this process."""
        # Looked at outside of a transaction: mostly there is none.
        there_is = await waiting(self.transactions.database.reads, self.transactions.clock.now())
        self.apart = _APART if there_is == ["checks"] else 0.0
        return any([await self._step(name) for name in there_is])

    async def _step(self, name: str) -> bool:
        """Take one step; one that fails is tried again in smaller ones, until the bad one stands alone.

        False when another process leads.
        """
        size = self.sizes[name]

        async def body(session: AsyncSession) -> bool:
            leads = await lead(session)
            if leads:
                await _STEPS[name](session, size)
            return leads

        try:
            leads = await self.transactions.run(_CAUSE, body)
        except Exception as error:
            log.warning("segments: %s of %d: %s", name, size, type(error).__name__)
            self.sizes[name] = max(size // 8, 1)
            if name == "checks" and size == 1:
                await self.transactions.run(_CAUSE, postpone)
            raise
        self.sizes[name] = min(size * 2, _LARGEST)
        return leads


async def keep_members(transactions: Transactions, stop: asyncio.Event) -> None:
    """Keep every segment's members up to date until `stop`."""
    upkeep = Upkeep(transactions)
    while not stop.is_set():
        began = transactions.clock.monotonic()
        try:
            is_busy = await upkeep.turn()
            pause = max(0.0, began + upkeep.apart - transactions.clock.monotonic()) if is_busy else _IDLE
        except Exception as error:  # noqa: BLE001 - the database may be away; the work only waits
            log.warning("segments: %s", type(error).__name__)
            pause = _PAUSE
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _clear_imports(session: AsyncSession) -> None:
    await clear_imports(session, session.info["now"])


def _new_account(name: str) -> AccountCreate:
    return AccountCreate(name=name)


run_imports = Importer(
    Commands(
        create={"contact": create_contacts, "account": create_accounts},
        revise={"contact": revise_contacts, "account": revise_accounts},
        new_account=_new_account,
        finish=finish_import,
        stop=stop_import,
    )
)
JOBS: tuple[Job, ...] = (Job("clear-imports", 600.0, _clear_imports),)
LOOPS: tuple[Loop, ...] = (keep_members,)
HEAVY: tuple[Loop, ...] = (run_imports,)
