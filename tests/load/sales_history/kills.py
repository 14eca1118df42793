"""kill -9 of parts of the local stack while the load runs, each at its own share of the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.places import state_directory
from deploy.local.state import State

# Analytics' worker, the process of sales' relay, and the broker.
PARTS: Mapping[str, float] = {"analytics-worker": 0.35, "sales-worker": 0.5, "kafka": 0.65}


@dataclass
class Kills:
    """A watcher of the load's progress that kills each part once, when its share is reached."""

    parts: dict[str, float] = field(default_factory=lambda: dict(PARTS))
    done: list[str] = field(default_factory=list)

    def __call__(self, share: float) -> None:
        for name in [name for name, at in self.parts.items() if share >= at]:
            del self.parts[name]
            self._kill(name)

    def _kill(self, name: str) -> None:
        for part in State(state_directory()).read().parts:
            process = part.process() if part.name == name else None
            if process is not None:
                process.kill()
                self.done.append(name)
