"""What the public API answers, and what a caller makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]

PROBLEMS = "https://plexus-crm.org/problems/"
# Answers that can be others a moment later: nothing was wrong with the request itself.
PASSING = frozenset({429, 502, 503, 504})
PASSING_SLUGS = frozenset({"in-flight", "unknown-reference"})


class Refused(Exception):
    """The API's answer to a request that no retry will change."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem = problem_of(response)
        self.slug = slug_of(self.problem)
        request = response.request
        super().__init__(f"{request.method} {request.url.path} → {self.status} {self.problem}")


class Unreachable(Exception):
    """Nobody answered for as long as the caller was willing to wait."""


@dataclass(frozen=True)
class Call:
    """One request, as often as it has to be sent."""

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a batch."""

    item: Json
    status: int
    id: str | None = None
    problem: Json = field(default_factory=dict)

    @property
    def is_created(self) -> bool:
        return self.status == httpx.codes.CREATED

    @property
    def is_there_already(self) -> bool:
        return self.id is not None and slug_of(self.problem) == "external-id-taken"

    @property
    def may_pass(self) -> bool:
        return self.status in PASSING or slug_of(self.problem) in PASSING_SLUGS


def outcome_of(item: Json, result: Json) -> Outcome:
    problem = result.get("problem", {})
    return Outcome(item, int(result["status"]), result.get("id", problem.get("id")), problem)


def problem_of(response: httpx.Response) -> Json:
    """The problem document of an answer; one that only repeats its text when it is none."""
    try:
        document = response.json()
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"detail": response.text[:200]}


def slug_of(problem: Mapping[str, Any]) -> str:
    return str(problem.get("type", "")).removeprefix(PROBLEMS)


def may_pass(response: httpx.Response | None) -> bool:
    """Whether the same request can succeed later; None is no answer at all."""
    if response is None or response.status_code in PASSING:
        return True
    is_conflict = response.status_code == httpx.codes.CONFLICT
    return is_conflict and slug_of(problem_of(response)) in PASSING_SLUGS


def pauses(patience: float) -> Iterator[float]:
    """Growing pauses in seconds, of at most two each and `patience` together."""
    pause, waited = 0.1, 0.0
    while waited < patience:
        yield pause
        waited, pause = waited + pause, min(pause * 2, 2.0)
