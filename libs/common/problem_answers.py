"""A problem as an HTTP response, also for programs that serve no more than files."""

from starlette.responses import Response

from libs.common.problems import Problem


def to_response(problem: Problem, accept_language: str | None) -> Response:
    """Return the HTTP response of a problem for a client with this Accept-Language header."""
    status, headers, body = problem.render(accept_language)
    return Response(body, status, headers)
