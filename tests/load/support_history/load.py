"""The support history through the public API, in the order in which records refer to each other."""

from dataclasses import dataclass

from tests.load.sales_history.send import Sender
from tests.load.support_history import payloads
from tests.load.support_history.payloads import ROOT, Known
from tests.load.support_history.rows import History


@dataclass
class Loader:
    """Sends everything; what is there already counts as done."""

    sender: Sender
    history: History
    password: str

    async def load(self) -> Known:
        """The ids of all that the tickets and the figures refer to."""
        known = Known()
        known.users = await self._users()
        known.queues = await self._queues(known)
        await self._policy()
        known.tickets = await self._tickets(known)
        return known

    async def _users(self) -> dict[str, str]:
        send = self.sender.send
        departments = await send("departments", [payloads.department()], [ROOT])
        roles = await send("roles", [payloads.role()], ["agent"])
        agents = self.history.agents
        bodies = [payloads.user(agent, self.password, departments[ROOT], roles["agent"]) for agent in agents]
        return await send("users", bodies, agents)

    async def _queues(self, known: Known) -> dict[str, str]:
        teams = self.history.teams
        bodies = [payloads.queue(team, [known.users[one] for one in teams[team]]) for team in teams]
        return await self.sender.send("queues", bodies, list(teams))

    async def _policy(self) -> None:
        calendars = await self.sender.send("calendars", [payloads.calendar()], ["always"])
        await self.sender.send("sla-policies", [payloads.policy(calendars["always"])], ["all"])

    async def _tickets(self, known: Known) -> dict[str, str]:
        rows = list(self.history.tickets.values())
        bodies = [payloads.ticket(one, known.users, known.queues) for one in rows]
        sent = await self.sender.send("tickets", bodies, [str(one.line) for one in rows])
        return {one.id: sent[str(one.line)] for one in rows if str(one.line) in sent}
