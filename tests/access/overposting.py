"""Fields that the service alone writes, sent to every write that takes a body."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.access.documents import Documented
from tests.access.forgeries import MASTER
from tests.access.places import is_batch, kind_of, with_field
from tests.access.stand import Answer, Stand
from tests.api import bearer

_AT = "2026-03-01T09:00:00Z"
_ID = "00000000-0000-0000-0000-000000000001"
# What a record has of ours whether its document tells of it or not, with a value that would be taken.
_OURS: dict[str, Any] = {
    "id": _ID,
    "version": 7,
    "created_at": _AT,
    "updated_at": _AT,
    "deleted_at": _AT,
    "erased_at": _AT,
    "owner_path": [_ID],
    "subject_id": _ID,
    "merged_into_id": _ID,
    "phone_mask": "+86138****0000",
    "phone_index": "x",
    "is_admin": True,
    "permissions_of": ["*:*"],
    "__proto__": {"id": _ID},
}


def owned_by_us(route: Documented, routes: Sequence[Documented]) -> list[str]:
    """Name what one must not send: all that is shown of such a record and is no field of the body."""
    payload = route.payload
    if payload is None or not route.is_write or not route.is_for_users:
        return []
    taken = route.followed(payload["properties"]["items"]["items"]) if is_batch(route) else payload
    shown = set(_OURS)
    for each in routes:
        if each.service == route.service and kind_of(each.path) == kind_of(route.path) and not is_batch(each):
            shown |= set(each.answered().get("properties", {})) if "{" in each.path else set()
    return sorted(shown - set(taken.get("properties", {})))


async def send_field(stand: Stand, route: Documented, name: str, made: Mapping[str, str]) -> Answer:
    """Send it as who may do everything."""
    sent = with_field(route, name, _OURS.get(name, "x"), made)
    headers = [*bearer(MASTER).items(), *sent.headers]
    return await stand.ask(route.service, sent.method, sent.path, headers, sent.body)


def is_refusal(answer: Answer, name: str) -> bool:
    """Tell whether a request, or the one item of a batch, was refused for this field and nothing else."""
    told = answer.json()
    problem = told["results"][0].get("problem", {}) if "results" in told else told
    if problem.get("status") != 422:
        return False
    return {str(each["pointer"]).rpartition("/")[2] for each in problem["errors"]} == {name}
