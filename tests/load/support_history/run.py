"""The support history from the first request to the last comparison, and what it leaves in the table."""

import argparse
import time
from dataclasses import dataclass, field

from deploy.demo.client import Api
from deploy.demo.settle import settle
from deploy.demo.target import Target
from tests.figures import Figures
from tests.load.sales_history.rows import Refusal
from tests.load.sales_history.send import Sender, progress_bar
from tests.load.support_history import truth
from tests.load.support_history.compare import Comparison
from tests.load.support_history.load import Loader
from tests.load.support_history.payloads import RESOLUTION_MINUTES, RESPONSE_MINUTES, Known, email
from tests.load.support_history.readback import Readback
from tests.load.support_history.rows import History
from tests.load.support_history.truth import Case

SECONDS = 300
SERVICES = ("auth", "ticketing", "analytics")


@dataclass
class SupportRun:
    """Loads and compares; `rows` are those of the whole load."""

    args: argparse.Namespace
    target: Target
    history: History
    cases: list[Case]
    rows: Figures
    refusals: list[Refusal] = field(default_factory=list)

    async def all(self) -> None:
        to, started = self.target, time.monotonic()
        concurrency = self.args.concurrency
        async with Api(to.url, to.email, to.password, ca_file=to.ca_file, concurrency=concurrency) as api:
            with progress_bar() as progress:
                sender = Sender(api, progress, self.args.batch)
                known = await Loader(sender, self.history, self.args.user_password).load()
            await settle(api, services=SERVICES)
            seconds = time.monotonic() - started
            checked = await self._compare(api, sender, known)
            self._record(sender, checked, seconds)
        self.refusals = [*self.history.refusals, *sender.refusals]

    async def _compare(self, api: Api, sender: Sender, known: Known) -> Figures:
        checked = Figures("load", self.rows.path.parent)
        self._rule(checked)
        to, agent = self.target, email(self.history.agents[0])
        async with Api(to.url, agent, self.args.user_password, ca_file=to.ca_file) as seen:
            await Comparison(seen, known, self.cases, checked).run()
        await Readback(api, sender, checked).run()
        return checked

    def _rule(self, checked: Figures) -> None:
        """The policy says what the file's flags say; what they say of unresolved rows, nothing can."""
        response, resolution = truth.rule_misses(self.cases, RESPONSE_MINUTES, RESOLUTION_MINUTES / 60)
        checked.exactly("tickets: response flags that the policy's rule does not give", response, 0)
        checked.exactly("tickets: resolution flags that the policy's rule does not give", resolution, 0)
        left_out = truth.unresolved_said_to_be_met(self.cases)
        unresolved = sum(not case.is_resolved for case in self.cases)
        name = "tickets: unresolved, flagged as resolved in time, here breached"
        checked.between(name, left_out, 0, unresolved)

    def _record(self, sender: Sender, checked: Figures, seconds: float) -> None:
        """A first load shows each row; a later one says how many are not ok, and which."""
        is_again = sender.present("tickets") > 0
        label = "again: " if is_again else ""
        self.rows.sample("support agents", len(self.history.agents))
        self.rows.sample("tickets", len(sender.outcomes["tickets"]))
        self.rows.at_most(f"{label}tickets: seconds until all is read", round(seconds, 1), SECONDS, "s")
        if is_again:
            self.rows.exactly("again: new tickets", sender.created("tickets"), 0)
            self.rows.exactly(
                f"again: of {len(checked.rows)} rows of tickets not ok", len(checked.failures()), 0
            )
            for failure in checked.failures():
                self.rows.exactly(f"again: {failure}", "differs", "equal")
        else:
            self.rows.rows.extend(checked.rows)
