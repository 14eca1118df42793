"""One chunk of an import: what its rows mean, what each of them asks for, and what became of it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.problems import Problem
from libs.platform.access.actor import Actor
from services.customer.file_keys import CELLS, FileKey
from services.customer.imports import queries
from services.customer.imports.queries import Match
from services.customer.intake import Intent, Plan, Reasons, change, new_record
from services.customer.mapping import demand_permitted


class HaltedError(Exception):
    """The import was cancelled, or another worker has it."""


class StoppedError(Exception):
    """The import cannot go on; the text is the reason's slug."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one chunk."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(queries.COUNTS, 0))
    refused: list[tuple[int, Reasons, list[str]]] = field(default_factory=list)

    def count(self, name: str) -> None:
        self.counts["rows"] += 1
        self.counts[name] += 1

    def refuse(self, intent: Intent, reasons: Reasons) -> None:
        self.count("failed")
        self.refused.append((intent.row, reasons, intent.cells))


@dataclass
class Run:
    """One import while one worker runs it."""

    id: UUID
    owner_id: UUID
    key_id: UUID | None
    is_check: bool
    plan: Plan
    chunk: int
    lanes: dict[int, int]
    key: FileKey
    # Keys of the chunks in flight; accounts that are known by name; what a dry run would have made.
    busy: dict[int, frozenset[str]] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)

    @property
    def cause(self) -> Cause:
        return Cause(f"user:{self.owner_id}", self.id.hex)

    def actor(self, session: AsyncSession) -> Actor:
        """Return the owner with the rights that he has now; raises Problem when they do not do any more."""
        directory = session.info["directory"]
        key = directory.api_keys.get(self.key_id) if self.key_id else None
        actor = Actor(self.owner_id, directory, None, key)
        if (self.key_id and key is None) or not actor.stands(session.info["now"]):
            raise StoppedError("forbidden")
        for permission in ("import:create", f"{self.plan.object}:create"):
            if not actor.visible(permission):
                raise StoppedError("forbidden")
        if actor.restricted:
            filled = {str(at): field for at, field in enumerate(self.plan.fields) if field}
            demand_permitted(self.plan.object, filled, self.plan.options, actor)
        return actor

    def keys(self, intents: Sequence[Intent]) -> frozenset[str]:
        """Return by what these rows could meet rows of another chunk."""
        found = {f"key {each.key}" for each in intents if each.key}
        names = {each.account_key for each in intents if each.account_key}
        return frozenset(found | {f"account {each}" for each in names - self.accounts.keys()})


@dataclass(slots=True)
class Sight:
    """What stands around a chunk's rows: the records that they mean, and whom they name."""

    run: Run
    actor: Actor
    matches: dict[str, list[Match]]
    taken: dict[str, list[Match]]
    known: set[UUID]

    def judge(self, intent: Intent, news: list[Any], changes: dict[UUID, Any], tally: Tally) -> None:
        """Put a row to the new records or to the changes, or skip it; raises Problem to refuse it."""
        if intent.refused:
            tally.refuse(intent, intent.refused)
            return
        found = self.matches.get(intent.key, []) if intent.key else []
        met_before = self.run.is_check and intent.key is not None and hash(intent.key) in self.run.tried
        plan = self.run.plan
        if (found or met_before) and plan.options["on_match"] == "skip":
            tally.count("skipped")
            return
        if len(found) > 1:
            raise Problem("import-ambiguous", status=409)
        if found and found[0].problem is not None:
            raise Problem(found[0].problem, status=409)
        self._place(intent)
        if found:
            asked = change(plan, intent)
            self._ask(asked, "assign")
            changes[found[0].id] = asked
            tally.counts["rows"] += 1
        elif met_before:
            change(plan, intent)
            tally.count("updated")
        else:
            asked = new_record(plan, intent)
            self._ask(asked, "create")
            self._ask_external(asked)
            news.append(asked)
            tally.count("created")

    def _place(self, intent: Intent) -> None:
        """Put a contact to the account that the row names."""
        if intent.account_key is None:
            return
        account_id = self.run.accounts.get(intent.account_key)
        if account_id is not None:
            intent.payload["account_id"] = account_id
            self.known.add(account_id)
        elif self.run.plan.options["missing_account"] != "leave" and not self._would_make():
            raise Problem("account-unknown", status=409)

    def _would_make(self) -> bool:
        """Tell whether a dry run leaves out an account only because nothing is made in it."""
        is_made = self.run.plan.options["missing_account"] == "create"
        return self.run.is_check and is_made and bool(self.actor.visible("account:create"))

    def _ask(self, asked: Any, verb: str) -> None:
        """Refuse a row by itself for what would refuse the whole chunk."""
        sent = asked.model_fields_set
        if verb == "create" or "owner_id" in sent:
            self.actor.demand_owner(f"{self.run.plan.object}:{verb}", asked.owner_id or self.actor.user_id)
        if "occurred_at" in sent:
            self.actor.demand("history:write")
        for name in sent & {"account_id", "parent_id"}:
            if getattr(asked, name) not in self.known:
                raise Problem("unknown-reference", status=409)

    def _ask_external(self, asked: Any) -> None:
        if asked.external_id is not None and asked.external_id.id in self.taken:
            raise Problem("external-id-taken", status=409)


async def look(session: AsyncSession, run: Run, actor: Actor, intents: Sequence[Intent]) -> Sight:
    """Ask about all rows at once: one statement for each thing that they may name."""
    plan, system = run.plan, run.plan.options["external_system"]
    keys = {each.key for each in intents if each.key}
    matches = (
        await queries.matches(session, plan.object, plan.match_by, keys, system, actor)
        if keys and plan.match_by
        else {}
    )
    ids = {str(each.payload["external_id"]["id"]) for each in intents if "external_id" in each.payload}
    taken = matches
    if ids and plan.match_by != "external_id":
        taken = await queries.matches(session, plan.object, "external_id", ids, system, actor)
    elif plan.match_by != "external_id":
        taken = {}
    named = {found for each in intents for found in _ids(each.payload)}
    known = await queries.known_accounts(session, named, actor) if named else set()
    return Sight(run, actor, matches, taken, known)


def _ids(payload: Mapping[str, Any]) -> Iterator[UUID]:
    """Yield the accounts that a row names by id; what is no id is refused by the schema."""
    for name in ("account_id", "parent_id"):
        with contextlib.suppress(ValueError):
            if name in payload:
                yield UUID(str(payload[name]))


async def book(session: AsyncSession, run: Run, lane: int, to: int, tally: Tally) -> None:
    """Move the lane, and keep the refused rows."""
    refused = [(row, reasons, run.key.seal(CELLS, cells, row)) for row, reasons, cells in tally.refused]
    await queries.keep_failures(session, run.id, refused)
    await queries.advance(session, run.id, lane, (run.lanes[lane], to), tally.counts)


def refused(intents: Sequence[Intent], reasons: Reasons) -> Tally:
    tally = Tally()
    for each in intents:
        tally.refuse(each, reasons)
    return tally


def apart(intents: Sequence[Intent]) -> Iterator[list[Intent]]:
    """Part rows so that no two of a part mean the same record: the later one finds what the first made."""
    part: list[Intent] = []
    keys: set[str] = set()
    for each in intents:
        if each.key in keys:
            yield part
            part, keys = [], set()
        part.append(each)
        if each.key:
            keys.add(each.key)
    if part:
        yield part
