"""The sales history through the public API, in the order in which records refer to each other."""

from dataclasses import dataclass

from tests.load.sales_history.payloads import Known, Payloads
from tests.load.sales_history.rows import History
from tests.load.sales_history.send import Sender, Watch


@dataclass
class Loader:
    """Sends everything; what is there already counts as done."""

    sender: Sender
    payloads: Payloads
    history: History
    password: str
    # Told the share of the opportunities that is sent; proofs inject their faults there.
    watch: Watch = lambda _share: None

    async def load(self) -> Known:
        """The ids of all that the opportunities and the figures refer to."""
        departments = await self._departments()
        users = await self._users(departments, await self._roles())
        accounts = await self._accounts()
        products = await self._products()
        pipeline, stages = await self._pipeline()
        known = Known(departments, users, accounts, products, pipeline, stages, {})
        known.opportunities = await self._opportunities(known)
        return known

    async def _departments(self) -> dict[str, str]:
        """The root, its regional offices, and each manager's team, by name."""
        names, make, send = self.payloads.mapping.departments, self.payloads.department, self.sender.send
        root = await send("departments", [make(names.root_id, names.root, None)], [names.root])
        office = [make(name, name, root[names.root]) for name in self.history.offices]
        offices = await send("departments", office, self.history.offices)
        managers = self.history.managers
        team = [make(f"team/{name}", f"Team {name}", offices[where]) for name, where in managers.items()]
        return root | offices | await send("departments", team, list(managers))

    async def _roles(self) -> dict[str, str]:
        bodies = [self.payloads.role("agent"), self.payloads.role("manager")]
        return await self.sender.send("roles", bodies, ["agent", "manager"])

    async def _users(self, departments: dict[str, str], roles: dict[str, str]) -> dict[str, str]:
        make, agents = self.payloads.user, self.history.agents
        names = list(self.history.managers)
        heads = [make(name, self.password, departments[name], roles["manager"], None) for name in names]
        managers = await self.sender.send("users", heads, names)
        team = [
            make(one.name, self.password, departments[one.manager], roles["agent"], managers[one.manager])
            for one in agents.values()
        ]
        return managers | await self.sender.send("users", team, list(agents))

    async def _accounts(self) -> dict[str, str]:
        """Parents before their subsidiaries, level by level."""
        ids: dict[str, str] = {}
        waiting = list(self.history.accounts.values())
        while level := [one for one in waiting if one.parent is None or one.parent in ids]:
            bodies = [self.payloads.account(one, ids) for one in level]
            ids |= await self.sender.send("accounts", bodies, [one.name for one in level])
            waiting = [one for one in waiting if one not in level]
        for orphan in waiting:
            self.sender.refuse("accounts", orphan.name, f"its parent {orphan.parent} is not there")
        return ids

    async def _products(self) -> dict[str, str]:
        bodies = [self.payloads.product(product) for product in self.history.products.values()]
        return await self.sender.send("products", bodies, list(self.history.products))

    async def _pipeline(self) -> tuple[str, dict[str, str]]:
        name = self.payloads.mapping.pipeline.name
        sent = await self.sender.send("pipelines", [self.payloads.pipeline()], [name])
        stages = (await self.sender.api.get(f"/pipelines/{sent[name]}"))["stages"]
        return sent[name], {stage["name"]: stage["id"] for stage in stages}

    async def _opportunities(self, known: Known) -> dict[str, str]:
        """Ids by the line of the file, so that a refusal names its row."""
        bodies, lines = [], []
        for one in self.history.opportunities.values():
            try:
                bodies.append(self.payloads.opportunity(one, self.history, known))
                lines.append(str(one.line))
            except KeyError as missing:
                self.sender.refuse("opportunities", str(one.line), f"{missing} was refused")
        sent = await self.sender.send("opportunities", bodies, lines, self.watch)
        rows = self.history.opportunities.values()
        return {one.id: sent[str(one.line)] for one in rows if str(one.line) in sent}
