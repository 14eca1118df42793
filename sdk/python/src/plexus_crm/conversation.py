"""How a request becomes an answer, without doing any of it: which to send, how long to wait, when to give up.

The steps are the same for threads and for asyncio; the clients perform them.
"""

import secrets
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from plexus_crm.problems import Problem, Unreachable, problem_of, retry_after

PASSING = frozenset({429, 503})
# No answer came, so it may have been done: repeated only where a repeat does nothing twice.
UNSURE = frozenset({502, 504})
IN_FLIGHT = ("in-flight", "unknown-reference")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the API takes it."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: bytes | None = None

    @property
    def may_repeat(self) -> bool:
        """Tell whether a second one has no second effect: reads, and what stands under a key."""
        return self.method in {"GET", "HEAD"} or "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds before the next step."""

    seconds: float


type Step = Request | Pause
type Answer = httpx.Response | None
type Steps = Generator[Step, Answer, httpx.Response]


class Credentials:
    """Who asks: a token or an API key, or an e-mail and a password that get one."""

    def __init__(
        self, *, token: str | None = None, email: str | None = None, password: str | None = None
    ) -> None:
        self.token = token
        self._sign_in = {"email": email, "password": password} if email and password else None
        self._refresh: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the header of the token that is held."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def can_renew(self) -> bool:
        """Tell whether there is a way to another token."""
        return self._sign_in is not None

    def renew(self) -> Generator[Step, Answer, None]:
        """Get a token: by the refresh token, else by signing in; raises the problem of a refused sign-in."""
        if self._refresh is not None:
            answer = yield Request("POST", "/api/v1/auth/refresh", body={"refresh_token": self._refresh})
            self._refresh = None
            if answer is not None and answer.is_success:
                self._take(answer)
                return
        answer = yield Request("POST", "/api/v1/auth/sign-in", body=self._sign_in)
        if answer is None:
            raise Unreachable("nobody answered the sign-in")
        if not answer.is_success:
            raise problem_of(answer)
        self._take(answer)

    def _take(self, answer: httpx.Response) -> None:
        tokens = answer.json()
        self.token, self._refresh = tokens["access_token"], tokens.get("refresh_token")


def keyed(request: Request, key: str | None) -> Request:
    """Return the request under an Idempotency-Key: the caller's, or one of its own."""
    headers = {**request.headers, "Idempotency-Key": key or str(uuid.uuid4())}
    return Request(request.method, request.path, request.params, request.body, headers, request.file)


def converse(request: Request, credentials: Credentials, patience: float) -> Steps:
    """Ask until there is an answer for good; raises its Problem, or Unreachable without any."""
    waited, pause, is_renewed = 0.0, _FIRST_PAUSE, False
    if credentials.token is None and credentials.can_renew:
        yield from credentials.renew()
    while True:
        answer = yield request
        if answer is not None and answer.is_success:
            return answer
        if answer is not None and answer.status_code == httpx.codes.UNAUTHORIZED and not is_renewed:
            is_renewed = True
            if credentials.can_renew:
                yield from credentials.renew()
                continue
        seconds = _pause(request, answer, pause)
        if seconds is None or waited + seconds > patience:
            raise _refusal(request, answer)
        yield Pause(seconds)
        waited, pause = waited + seconds, min(pause * 2, _LONGEST_PAUSE)


def _pause(request: Request, answer: Answer, pause: float) -> float | None:
    """Return how long to wait before asking again; None when that would not help, or do it twice."""
    jitter = pause * (0.5 + secrets.randbelow(1000) / 1000)
    if answer is None or answer.status_code in UNSURE:
        return jitter if request.may_repeat else None
    if answer.status_code in PASSING:
        asked = retry_after(answer)
        return jitter if asked is None else max(asked, jitter)
    if answer.status_code == httpx.codes.CONFLICT and problem_of(answer).slug in IN_FLIGHT:
        return jitter
    return None


def _refusal(request: Request, answer: Answer) -> Problem | Unreachable:
    if answer is None:
        return Unreachable(f"nobody answered {request.method} {request.path}")
    return problem_of(answer)
