"""Sends generated requests and holds every answer to the document."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from libs.common.problems import MEDIA_TYPE, TYPE_PREFIX
from tests.fuzz.known import Known

_OK, _FIRST_ERROR, _UNAVAILABLE = 200, 400, 503
_TIMEOUT, _TRIES = 60, 3


def error_is_a_problem(_: CheckContext, response: Response, __: Case[Any]) -> None:
    """Every refusal is a problem document with a stable type, whoever answered it."""
    if response.status_code < _FIRST_ERROR:
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == MEDIA_TYPE, f"an error as {kind!r}"
    problem = response.json()
    assert problem["type"].startswith(TYPE_PREFIX), problem
    assert problem["status"] == response.status_code, problem
    assert problem["title"], problem


def wrong_items_are_refused(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """A batch is answered by 200, but an item that does not fit its schema has not been taken."""
    if is_batch(case) and response.status_code == _OK and case.meta is not None:
        statuses = [each["status"] for each in response.json()["results"]]
        is_wrong = case.meta.components.get(ParameterLocation.BODY)
        if is_wrong is not None and is_wrong.mode is GenerationMode.NEGATIVE:
            assert max(statuses) >= _FIRST_ERROR, statuses


def is_accepted(status: int) -> bool:
    """Tell whether a request did what it asked for."""
    return status < _FIRST_ERROR


def is_batch(case: Case[Any]) -> bool:
    """Tell whether a request asks for many things at once."""
    return case.path.endswith("/batch")


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
    error_is_a_problem,
    wrong_items_are_refused,
]
# A batch answers 200 for what it refuses, and another method finds a record of the name "batch" missing.
_NOT_OF_BATCHES = [negative_data_rejection, unsupported_method]
_SHOWN = 700


@dataclass
class Fuzz:
    """One run against one service; `failures` has one text for each kind of failure of an operation."""

    url: str
    headers: dict[str, str]
    known: Known
    by: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    failures: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, case: Case[Any]) -> bool:
        """Send a case, check the answer, and tell whether it was refused."""
        self.known.deepen(case)
        response = self._answer(case)
        self.by[case.operation.label][response.status_code] += 1
        try:
            excluded = _NOT_OF_BATCHES if is_batch(case) else []
            case.validate_response(response, CHECKS, excluded_checks=excluded, headers=self.headers)
        except FailureGroup as group:
            for failure in group.exceptions:
                name = f"{case.operation.label}: {failure.title}"
                shown = f"{name}\n{failure}"[:_SHOWN] + "\n" + case.as_curl_command()[:_SHOWN]
                self.failures.setdefault(name, shown)
        is_refused = not is_accepted(response.status_code)
        is_json = "application/json" in response.headers.get("content-type", [""])[0]
        if is_json and response.content and not is_refused:
            self.known.learn(case.path, response.json())
        return is_refused

    def _answer(self, case: Case[Any]) -> Response:
        """Send a case, again where a crowded machine took too long for it; who is always too slow fails."""
        call = partial(case.call, self.url, session=self.session, headers=self.headers, timeout=_TIMEOUT)
        response = call()
        for _ in range(_TRIES - 1):
            if response.status_code == _UNAVAILABLE and b"/too-slow" in response.content:
                response = call()
        return response

    @property
    def total(self) -> int:
        """How many requests were sent."""
        return sum(statuses.total() for statuses in self.by.values())

    def accepted(self) -> int:
        """How many requests did what they asked for."""
        counts = (each.items() for each in self.by.values())
        return sum(count for items in counts for status, count in items if is_accepted(status))
