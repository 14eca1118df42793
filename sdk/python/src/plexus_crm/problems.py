"""What the API refuses, as exceptions (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import httpx

PREFIX = "https://plexus-crm.org/problems/"


class PlexusError(Exception):
    """Whatever this package raises on its own account."""


class Unreachable(PlexusError):
    """Nobody answered, however often we asked."""


class Problem(PlexusError):
    """A refusal; `slug` says which, for good: `problem.slug == "external-id-taken"`."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.document = dict(document)
        self.retry_after = retry_after
        super().__init__(f"{status} {self.slug}: {self.detail or self.title}")

    @property
    def slug(self) -> str:
        """The stable end of the problem's type."""
        return str(self.document.get("type", "")).removeprefix(PREFIX)

    @property
    def title(self) -> str:
        """What went wrong, in the language that was asked for."""
        return str(self.document.get("title", ""))

    @property
    def detail(self) -> str | None:
        """More about this one case."""
        return self.document.get("detail")

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong with which field or parameter."""
        return list(self.document.get("errors", ()))

    @property
    def id(self) -> str | None:
        """The record that stands in the way."""
        return self.document.get("id")


class BadRequest(Problem):
    """400: a parameter is not valid."""


class Unauthorized(Problem):
    """401: nobody is signed in, or not any more."""


class Forbidden(Problem):
    """403: not with these permissions."""


class NotFound(Problem):
    """404: not there, or out of scope."""


class Conflict(Problem):
    """409: against what is there now."""


class StaleVersion(Problem):
    """412: somebody changed the record since it was read."""


class TooLarge(Problem):
    """413: more than is taken at once."""


class Malformed(Problem):
    """422: the payload has not the form it must have; `errors` name the places."""


class TooManyRequests(Problem):
    """429: the quota is used up for now."""


class Unavailable(Problem):
    """5xx: the service cannot answer now."""


_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: StaleVersion,
    413: TooLarge,
    422: Malformed,
    429: TooManyRequests,
}
_SERVER = 500


def problem_of(answer: httpx.Response) -> Problem:
    """Return the exception of a refusal; a body that is no problem document becomes its detail."""
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"title": answer.reason_phrase, "detail": answer.text[:200]}
    fallback = Unavailable if answer.status_code >= _SERVER else Problem
    kind = _BY_STATUS.get(answer.status_code, fallback)
    return kind(answer.status_code, document, retry_after(answer))


def retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds of Retry-After, None without or with a date."""
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else None
