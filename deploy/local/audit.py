"""`audit-verify [service…]`: walk the audit trails of services that run here against their anchors."""

from collections.abc import Sequence

from deploy.local.process import CommandFailedError
from deploy.local.rebuild import run_beside
from deploy.local.services import NAMES
from deploy.local.state import State


def verify(state: State, asked: Sequence[str]) -> int:
    """Verify each, or all that run; return the highest exit code: 0 where every row is as it was sealed."""
    for service in asked:
        if service not in NAMES:
            raise CommandFailedError(f"there is no service {service!r}; there are {', '.join(NAMES)}")
    parts = {part.name for part in state.read().parts} if state.is_supervised() else set()
    running = [service for service in NAMES if f"{service}-worker" in parts]
    if not running:
        raise CommandFailedError("not running: `make up` first")
    return max(run_beside(state, service, "audit_verify") for service in asked or running)
