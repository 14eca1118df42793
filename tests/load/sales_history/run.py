"""One load from the first request to the last comparison, and what it leaves in the table."""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field

from deploy.demo.client import Api
from deploy.demo.settle import settle
from deploy.demo.target import Target
from tests.figures import Figures
from tests.load.sales_history.compare import Comparison
from tests.load.sales_history.kills import Kills
from tests.load.sales_history.load import Loader
from tests.load.sales_history.mapping import Mapping
from tests.load.sales_history.payloads import Known, Payloads
from tests.load.sales_history.people import Eyes
from tests.load.sales_history.readback import Readback
from tests.load.sales_history.rows import History, Refusal
from tests.load.sales_history.send import Sender, progress_bar
from tests.load.sales_history.truth import Deal

SECONDS = 180
MODELS = ("event_log", "funnel", "performance")


@dataclass
class Run:
    """Loads, compares, and rebuilds each read model when asked to."""

    args: argparse.Namespace
    target: Target
    mapping: Mapping
    history: History
    deals: list[Deal]
    rows: Figures
    refusals: list[Refusal] = field(default_factory=list)

    async def all(self) -> None:
        payloads, kills, started = Payloads(self.mapping), Kills(), time.monotonic()
        watch = kills if self.args.kill else lambda _share: None
        concurrency = self.args.concurrency
        to = self.target
        async with Api(to.url, to.email, to.password, ca_file=to.ca_file, concurrency=concurrency) as api:
            with progress_bar() as progress:
                sender = Sender(api, progress, self.args.batch)
                loader = Loader(sender, payloads, self.history, self.args.user_password, watch)
                known = await loader.load()
            await settle(api)
            seconds = time.monotonic() - started
            checked = await self._compare(api, sender, known)
            self._record(self._phase(sender), checked, sender, seconds)
            if self.args.kill:
                self.rows.sample("kills", len(kills.done))
            if self.args.rebuild:
                await self._rebuild(api, sender, known)
        self.refusals = [*self.history.refusals, *sender.refusals]

    def _phase(self, sender: Sender) -> str:
        if self.args.kill:
            return "with kills"
        return "again" if sender.present("opportunities") else ""

    async def _compare(self, api: Api, sender: Sender, known: Known) -> Figures:
        """Every figure, list and person, as rows of their own."""
        checked = Figures("load", self.rows.path.parent)
        await Comparison(api, self.mapping, known, self.deals, checked).run()
        await Readback(api, sender, known, checked).run()
        payloads, password = Payloads(self.mapping), self.args.user_password
        await Eyes(self.target.url, self.target.ca_file, password, payloads, known, self.deals, checked).run()
        return checked

    def _record(self, phase: str, checked: Figures, sender: Sender, seconds: float) -> None:
        """A first load shows each row; a later one says how many are not ok, and which."""
        self._count(phase, sender, seconds)
        if phase:
            self._summarise(phase, checked)
        else:
            self.rows.rows.extend(checked.rows)

    def _count(self, phase: str, sender: Sender, seconds: float) -> None:
        self.rows.sample("agents", len(self.history.agents))
        for plural in ("accounts", "products", "opportunities"):
            self.rows.sample(plural, len(sender.outcomes[plural]))
        label = f"{phase}: " if phase else ""
        self.rows.at_most(f"{label}seconds until all is read", round(seconds, 1), SECONDS, "s")
        if phase == "again":
            self.rows.exactly("again: new opportunities", sender.created("opportunities"), 0)

    def _summarise(self, phase: str, checked: Figures) -> None:
        self.rows.exactly(f"{phase}: of {len(checked.rows)} rows not ok", len(checked.failures()), 0)
        for failure in checked.failures():
            self.rows.exactly(f"{phase}: {failure}", "differs", "equal")

    async def _rebuild(self, api: Api, sender: Sender, known: Known) -> None:
        """Each model anew from the log alone, beside the one in use; then every figure again."""
        for model in MODELS:
            code = await _run("-m", "deploy.local", "rebuild", model)
            self.rows.exactly(f"rebuild of {model}: exit code", code, 0)
            await settle(api)
            self._summarise(f"after rebuild of {model}", await self._compare(api, sender, known))


async def _run(*arguments: str) -> int:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    return await process.wait()
