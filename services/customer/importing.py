"""How imports run: in chunks, two in flight, each moving its lane in the transaction of its effect.

A chunk belongs to the lane of its number, and a lane's position is the last row that it has dealt with. So a
worker that dies leaves no row half done, and whoever takes over begins behind each lane's position. One
worker holds an import by an advisory lock; one that was thought dead fails at the position.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import Unreadable
from libs.common.journal import Cause
from libs.common.problems import Problem, Unavailable
from libs.common.sheets import Row, rows, spool
from libs.common.transaction import Transactions, sqlstate
from libs.platform.access.actor import Actor
from services.customer.import_chunks import HaltedError, Run, StoppedError, Tally, apart, book, look, refused
from services.customer.imports import queries
from services.customer.imports.queries import LANES
from services.customer.intake import Intent, Plan, Reasons, read, reasons_of

log = logging.getLogger(__name__)

type Create = Callable[[AsyncSession, Sequence[Any], Actor, datetime], Awaitable[Sequence[Any]]]
type Revise = Callable[[AsyncSession, Mapping[UUID, Any], Actor, datetime], Awaitable[Sequence[Any]]]

_LOOK, _REST = 0.2, 2.0
_MOST_AT_ONCE = 2
_MOST_FAILURES = 3
_MOST_KNOWN = 50_000
# Data that does not fit, and violated constraints: a fault of the row, not of the database.
_OF_THE_ROW = ("22", "23")


@dataclass(frozen=True, slots=True)
class Commands:
    """What a run may do, by the object that is imported, and how it ends."""

    create: Mapping[str, Create]
    revise: Mapping[str, Revise]
    new_account: Callable[[str], Any]
    finish: Callable[[AsyncSession, UUID, datetime], Awaitable[None]]
    stop: Callable[[AsyncSession, UUID, str, datetime], Awaitable[None]]


class UndoneError(Exception):
    """A dry run's chunk has been tried; its transaction is rolled back."""


class Importer:
    """A loop of the worker: takes up the imports that are to run, a few at once, and goes on with them."""

    def __init__(self, commands: Commands) -> None:
        self.commands = commands
        self.failures: dict[UUID, int] = {}

    async def __call__(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Run imports until `stop`; what is not finished then goes on elsewhere, or later."""
        running: dict[UUID, asyncio.Task[None]] = {}
        try:
            while not stop.is_set():
                running = {id: task for id, task in running.items() if not task.done()}
                for id in await self._waiting(transactions):
                    if id not in running and len(running) < _MOST_AT_ONCE:
                        running[id] = asyncio.create_task(self._take(transactions, id, stop))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK)
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)

    async def _waiting(self, transactions: Transactions) -> list[UUID]:
        async with transactions.database.reading.connect() as connection:
            return await queries.waiting(connection)

    async def _take(self, transactions: Transactions, id: UUID, stop: asyncio.Event) -> None:
        """Run one import while no other worker does; rest after a failure, and give up what always fails."""
        try:
            async with transactions.database.reading.connect() as connection:
                if await queries.lock(connection, id):
                    try:
                        await self.run(transactions, id)
                    finally:
                        await queries.unlock(connection, id)
            self.failures.pop(id, None)
        except (OSError, InterfaceError, OperationalError, PoolTimeout, Unavailable) as error:
            log.warning("import %s waits: %s", id, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one import's trouble holds up no other
            log.warning("import %s: %s", id, type(error).__name__)
            self.failures[id] = self.failures.get(id, 0) + 1
            if self.failures[id] >= _MOST_FAILURES:
                self.failures.pop(id)
                await self._stop(transactions, id, "internal")
        else:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _REST)

    async def run(self, transactions: Transactions, id: UUID) -> None:
        """Run one import to its end from where it stands; the caller holds it."""
        with spool() as file:
            try:
                begun = await self._begin(transactions, id, file)
                if begun is None:
                    return
                run, layout, sheet = begun
                found = rows(file, layout, sheet)
                # Opening a workbook reads all of it.
                await asyncio.to_thread(next, found, None)
                await self._rows(transactions, run, found)
                await self._finish(transactions, run)
            except HaltedError:
                return
            except StoppedError as error:
                await self._stop(transactions, id, str(error))
            except Unreadable:
                await self._stop(transactions, id, "table-damaged")
            except Problem as problem:
                if isinstance(problem, Unavailable):
                    raise
                await self._stop(transactions, id, problem.slug)

    async def _begin(self, transactions: Transactions, id: UUID, file: Any) -> Any:
        ring = transactions.carries["ring"]
        async with transactions.database.reading.connect() as connection:
            begun = await queries.begin(connection, id)
            if begun is None:
                return None
            facts = await queries.facts_of(connection, id, ring)
            key = await queries.fetch(connection, id, ring, file)
            lanes = await queries.lanes(connection, id)
        is_check = begun["status"] == "checking"
        if is_check:
            # Of a dry run that was cut off nothing remains but its counts.
            await transactions.run(Cause("system", "imports"), lambda session: queries.reset(session, id))
            lanes = dict.fromkeys(lanes, 0)
        options, layout = begun["options"], queries.layout_of(begun["format"], facts)
        plan = Plan(
            begun["object"],
            _columns(begun["mapping"], len(facts["header"])),
            options,
            ZoneInfo(transactions.carries["settings"].company_time_zone),
        )
        run = Run(id, begun["owner_id"], begun["key_id"], is_check, plan, options["chunk"], lanes, key)
        return run, layout, options["sheet"]

    async def _rows(self, transactions: Transactions, run: Run, found: Iterator[Row]) -> None:
        """Send the chunks on their way, as many at once as there are lanes."""
        ring, flying = transactions.carries["ring"], deque[asyncio.Task[None]]()
        try:
            for number, chunk in enumerate(_chunks(found, run.chunk)):
                lane = 0 if run.is_check else number % LANES
                left = [row for row in chunk if row[0] > run.lanes[lane]]
                if not left:
                    continue
                intents = [read(run.plan, ring, *row) for row in left]
                keys = run.keys(intents)
                while flying and (
                    len(flying) == LANES
                    or run.is_check
                    or any(not keys.isdisjoint(each) for each in run.busy.values())
                ):
                    await flying.popleft()
                run.busy[lane] = keys
                flying.append(asyncio.create_task(self._chunk(transactions, run, lane, intents)))
                # Let the chunks in flight have a turn before the next one is read.
                await asyncio.sleep(0)
            while flying:
                await flying.popleft()
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    async def _chunk(self, transactions: Transactions, run: Run, lane: int, intents: list[Intent]) -> None:
        for part in apart(intents):
            await self._accounts(transactions, run, lane, part)
            await self._apply(transactions, run, lane, part)
        run.busy.pop(lane, None)

    async def _accounts(
        self, transactions: Transactions, run: Run, lane: int, intents: Sequence[Intent]
    ) -> None:
        """Learn the accounts that rows name, and make those that are missing, if they are to be made.

        It is a transaction of its own before the chunk's: taken again after a crash, it finds what it made.
        """
        named = {each.account_key: each.account for each in intents if each.account_key}
        if len(run.accounts) > _MOST_KNOWN:
            run.accounts.clear()
        missing = set(named) - run.accounts.keys()
        if not missing:
            return

        async def body(session: AsyncSession) -> dict[str, UUID]:
            actor = run.actor(session)
            found = await queries.named_accounts(session, missing, actor)
            new = sorted(missing - found.keys())
            if not new or run.is_check or run.plan.options["missing_account"] != "create":
                return found
            if not actor.visible("account:create"):
                return found
            if not await queries.hold(session, run.id, lane, run.lanes[lane]):
                raise HaltedError
            asked = [self.commands.new_account(str(named[each])) for each in new]
            made = await self.commands.create["account"](session, asked, actor, session.info["now"])
            return found | {key: each.id for key, each in zip(new, made, strict=True)}

        run.accounts |= await transactions.run(run.cause, body)

    async def _apply(
        self,
        transactions: Transactions,
        run: Run,
        lane: int,
        intents: Sequence[Intent],
        *,
        lost: Reasons | None = None,
    ) -> None:
        """Take rows in, all in one transaction; what fails together is tried in halves, down to one row."""

        async def body(session: AsyncSession) -> Tally:
            if not await queries.hold(session, run.id, lane, run.lanes[lane]):
                raise HaltedError
            tally = await self._settled(session, run, intents) if not lost else refused(intents, lost)
            await book(session, run, lane, intents[-1].row, tally)
            return tally

        try:
            if run.is_check and not lost:
                await self._try(transactions, run, lane, intents)
            else:
                await transactions.run(run.cause, body, patience=0)
        except (Problem, DBAPIError) as error:
            if lost or not _is_of_the_row(error):
                raise
            if len(intents) == 1:
                reasons = reasons_of(error) if isinstance(error, Problem) else [{"slug": "conflict"}]
                await self._apply(transactions, run, lane, intents, lost=reasons)
            else:
                half = len(intents) // 2
                await self._apply(transactions, run, lane, intents[:half])
                await self._apply(transactions, run, lane, intents[half:])
            return
        run.lanes[lane] = intents[-1].row

    async def _try(self, transactions: Transactions, run: Run, lane: int, intents: Sequence[Intent]) -> None:
        """Do all of it and roll back; count in another transaction."""
        tallies: list[Tally] = []

        async def body(session: AsyncSession) -> None:
            tallies.append(await self._settled(session, run, intents))
            raise UndoneError

        async def settle(session: AsyncSession) -> None:
            if not await queries.hold(session, run.id, lane, run.lanes[lane]):
                raise HaltedError
            await book(session, run, lane, intents[-1].row, tallies[-1])

        with contextlib.suppress(UndoneError):
            await transactions.run(run.cause, body, patience=0)
        await transactions.run(run.cause, settle)
        run.tried.update(hash(each.key) for each in intents if each.key)

    async def _settled(self, session: AsyncSession, run: Run, intents: Sequence[Intent]) -> Tally:
        """Do what each row asks for, and count it."""
        actor, tally, now = run.actor(session), Tally(), session.info["now"]
        sight = await look(session, run, actor, intents)
        news: list[Any] = []
        changes: dict[UUID, Any] = {}
        for intent in intents:
            try:
                sight.judge(intent, news, changes, tally)
            except Problem as problem:
                tally.refuse(intent, reasons_of(problem))
        if news:
            await self.commands.create[run.plan.object](session, news, actor, now)
        if changes:
            changed = await self.commands.revise[run.plan.object](session, changes, actor, now)
            tally.counts["updated"] += len(changed)
            tally.counts["unchanged"] += len(changes) - len(changed)
        return tally

    async def _finish(self, transactions: Transactions, run: Run) -> None:
        async def body(session: AsyncSession) -> None:
            await self.commands.finish(session, run.id, session.info["now"])

        with contextlib.suppress(Problem):
            # Cancelled at the last moment.
            await transactions.run(run.cause, body)

    async def _stop(self, transactions: Transactions, id: UUID, reason: str) -> None:
        async def body(session: AsyncSession) -> None:
            await self.commands.stop(session, id, reason, session.info["now"])

        with contextlib.suppress(Problem):
            await transactions.run(Cause("system", "imports"), body)


def _is_of_the_row(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return (sqlstate(error) or "").startswith(_OF_THE_ROW)
    return not isinstance(error, Unavailable)


def _columns(mapping: Mapping[str, str], width: int) -> tuple[str | None, ...]:
    return tuple(mapping.get(str(column)) for column in range(width))


def _chunks(found: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while chunk := list(islice(found, size)):
        yield chunk
