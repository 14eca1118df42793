"""One kind of record after the other, in batches, with a bar; who was refused is written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.client import Api
from deploy.demo.wire import Json, Outcome
from tests.load.sales_history.rows import Refusal

Watch = Callable[[float], None]


@dataclass
class Sender:
    """Sends records and keeps what became of them, by their plural."""

    api: Api
    progress: Progress
    batch: int = 100
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    async def send(
        self,
        plural: str,
        bodies: Sequence[Json],
        names: Sequence[str],
        watch: Watch = lambda _share: None,
    ) -> dict[str, str]:
        """Ids by name, of what is new and of what is there already; `watch` is told the share sent."""
        task = self.progress.add_task(plural, total=len(bodies))
        sent = 0

        def done(count: int) -> None:
            nonlocal sent
            sent += count
            self.progress.advance(task, count)
            watch(sent / len(bodies))

        outcomes = await self.api.create_all(f"/{plural}", bodies, size=self.batch, done=done)
        self.outcomes.setdefault(plural, []).extend(outcomes)
        ids: dict[str, str] = {}
        for name, one in zip(names, outcomes, strict=True):
            if one.id is not None and (one.is_created or one.is_there_already):
                ids[name] = one.id
            else:
                self.refuse(plural, name, f"{one.status} {one.problem}")
        return ids

    def refuse(self, plural: str, name: str, reason: str) -> None:
        line = int(name) if name.isdigit() else 0
        self.refusals.append(Refusal(plural, line, f"{name}: {reason}"))

    def created(self, plural: str) -> int:
        return sum(outcome.is_created for outcome in self.outcomes.get(plural, []))

    def present(self, plural: str) -> int:
        return sum(outcome.is_there_already for outcome in self.outcomes.get(plural, []))


def progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )
