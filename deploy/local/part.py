"""What the supervisor knows of a part: how to start it, and how to see that it is up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from deploy.local.process import Launch


async def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Part:
    """One process of the stack, or (`launch=None`) a server that somebody else runs or a step of ours.

    A part with `probe=None` runs once: its command must end with code 0.
    """

    name: str
    launch: Launch | None
    port: int | None = None
    probe: str | None = None
    health: str | None = None
    prepare: Callable[[], Awaitable[None]] = _nothing
    needs: tuple[str, ...] = field(default=())

    @property
    def runs_once(self) -> bool:
        """Tell whether the part is a step (a migration) and not a server."""
        return self.probe is None
