"""Refusals as RFC 9457 problem documents: what a rule raises, and its JSON in two languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from libs.common.problem_texts import CODES, Wording, preferred_language, title

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "https://plexus-crm.org/problems/"
_LONGEST_ECHO = 200

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457). `type` is stable; further members depend on it.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, into the payload."},
                    "parameter": {"type": "string", "description": "Its name."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "id": {"type": "string", "description": "The record that stands in the way."},
        "retry_after": {"type": "integer", "description": "Seconds, as in the Retry-After header."},
        "trace_id": {"type": "string"},
    },
    "additionalProperties": True,
}


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with a request: a code of CODES, and a JSON pointer or a parameter's name."""

    code: str
    pointer: str | None = None
    parameter: str | None = None

    def document(self, language: str) -> dict[str, str]:
        """Return the error as a JSON object worded in `language`; it names places, never values."""
        place = {"pointer": self.pointer, "parameter": self.parameter}
        shown = {name: _printable(value) for name, value in place.items() if value is not None}
        message = CODES.get(self.code, CODES["not-valid"]).in_language(language)
        return shown | {"code": self.code, "message": message}


class Problem(Exception):
    """A refusal with a stable slug and an HTTP status.

    `detail` is a text, or a Wording where the reader's language matters. `headers` go out with
    the response. Other keywords (`id`, `retry_after`, …) become members of the document, unless
    they are None.
    """

    slug: str = "internal"
    status: int = 500

    def __init__(
        self,
        slug: str | None = None,
        *,
        status: int | None = None,
        detail: str | Wording | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        self.slug = slug or self.slug
        self.status = status or self.status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.facts = {name: fact for name, fact in facts.items() if fact is not None}
        super().__init__(self.slug)

    def document(self, language: str = "en") -> dict[str, Any]:
        """Return the problem as a JSON-ready object in `language` ("en" or "zh")."""
        shown: dict[str, Any] = {
            "type": TYPE_PREFIX + self.slug,
            "title": title(self.slug, language),
            "status": self.status,
        }
        if self.detail is not None:
            shown["detail"] = _printable(_worded(self.detail, language))
        if self.errors:
            shown["errors"] = [error.document(language) for error in self.errors]
        return self.facts | shown

    def render(self, accept_language: str | None) -> tuple[int, dict[str, str], bytes]:
        """Return (status, headers, body) for a client with this Accept-Language header."""
        language = preferred_language(accept_language)
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Language": language,
            "Vary": "Accept-Language",
        } | self.headers
        return self.status, headers, orjson.dumps(self.document(language), default=str)


class NotFound(Problem):
    """Nothing there, or nothing this caller may see."""

    slug, status = "not-found", 404


class Forbidden(Problem):
    """The caller is known and may not do this."""

    slug, status = "forbidden", 403


class Conflict(Problem):
    """The current state stands in the way; give the slug that says how."""

    slug, status = "conflict", 409


class StaleVersion(Problem):
    """If-Match names another version than the current one."""

    slug, status = "stale-version", 412


class PreconditionRequired(Problem):
    """A change without If-Match."""

    slug, status = "precondition-required", 428


class Malformed(Problem):
    """A payload that does not fit its schema; the only 422."""

    slug, status = "malformed", 422


class TooLarge(Problem):
    """A body, or the event it would make, is over the limit."""

    slug, status = "too-large", 413


class BadRequest(Problem):
    """A query parameter or header that is not valid; give the slug that says which kind."""

    slug, status = "bad-request", 400


class BadFilter(BadRequest):
    """A filter on an unknown field, with an unknown operator, or with a value of the wrong type."""

    slug = "bad-filter"


class Unauthenticated(Problem):
    """No valid credential; the answer carries WWW-Authenticate."""

    slug, status = "unauthenticated", 401

    def __init__(self, slug: str | None = None, **members: Any) -> None:
        super().__init__(slug, headers={"WWW-Authenticate": "Bearer"}, **members)


class Unavailable(Problem):
    """Not now: the answer carries Retry-After, in whole seconds."""

    slug, status = "unavailable", 503

    def __init__(self, slug: str | None = None, *, retry_after: int = 1, **members: Any) -> None:
        headers = {"Retry-After": str(retry_after)}
        super().__init__(slug, headers=headers, retry_after=retry_after, **members)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI's `responses=` for these error statuses, each as a problem document."""
    return {status: problem_response(_DESCRIPTIONS.get(status, "Refused")) for status in statuses}


def problem_response(description: str) -> dict[str, Any]:
    """Return an OpenAPI response object whose body is a problem document."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


_DESCRIPTIONS = {
    400: "A parameter is not valid",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflicts with the current state",
    412: "The version is stale",
    413: "Too large",
    415: "The media type is not supported",
    422: "The payload is malformed",
    428: "If-Match is required",
    429: "Too many requests",
    503: "Not available now",
}


def _worded(text: str | Wording, language: str) -> str:
    return text.in_language(language) if isinstance(text, Wording) else text


def _printable(text: str) -> str:
    # A caller may have sent it: of any length, and with lone surrogates, which orjson refuses.
    return text[:_LONGEST_ECHO].encode("utf-8", "replace").decode()
