"""On whose behalf a group acts, and why it sets a key aside: said without what a record holds."""

from collections.abc import Iterable

from libs.common.envelope import Envelope, PoisonError
from libs.common.group import GapError, NotYetError
from libs.common.inbox import Park
from libs.common.journal import Cause


def cause_of(envelopes: Iterable[Envelope]) -> Cause:
    """Handlers act as the system, on behalf of the event's actor; a batch of several has no one actor."""
    first, *others = envelopes
    if any(each.actor != first.actor for each in others):
        return Cause("system", first.correlation_id or str(first.id), str(first.id), first.traceparent)
    actor = first.actor if first.actor and first.actor.startswith("system") else f"system:{first.actor or ''}"
    return Cause(actor, first.correlation_id or str(first.id), str(first.id), first.traceparent)


def why_parked(error: Exception) -> Park:
    """Tell what would free the key: an arrival, or an operator."""
    if isinstance(error, NotYetError | GapError):
        return Park(reason_of(error), waits_for=str(error))
    return Park(reason_of(error))


def reason_of(error: Exception) -> str:
    """Name the failure without the record's content, which may be personal."""
    known = isinstance(error, PoisonError | GapError | NotYetError)
    return f"{type(error).__name__}: {error}" if known else type(error).__name__
