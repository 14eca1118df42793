"""One pass over an ordinary request, in place of the layers that a framework puts around its routes.

Each layer is a coroutine more for the request and a call more for each message of its answer; together they
cost more than reading a record. Whatever is out of the ordinary (a path that is no route, one that FastAPI
has to be asked about) goes through the layers, which do the same one after the other.
"""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.bodylimit import BodyLimit
from libs.common.dispatch import Handler, Index, Inquiry
from libs.common.problem_answers import to_response
from libs.common.problem_handlers import Unhandled, answered
from libs.common.problems import TooLarge
from libs.common.quota import HEADER, Quota
from libs.common.telemetry import Head, Telemetry

_QUOTA = HEADER.lower().encode()


@dataclass(frozen=True, slots=True)
class Front:
    """The outermost application of a service: `layers` are the framework's, `index` knows the short ways."""

    layers: ASGIApp
    index: Index
    limit: BodyLimit
    telemetry: Telemetry | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by its short way, if it has one."""
        _, found = self.index.matches(scope)
        handler: Handler | None = found.get("plexus.handler")
        if handler is None:
            await self.layers(scope, receive, send)
            return
        scope.update(found)
        if self.telemetry is None:
            await self._pass(handler, scope, receive, send)
        else:
            head, began = Head(send), self.telemetry.begin(scope)
            try:
                await self._pass(handler, scope, receive, head)
            finally:
                self.telemetry.end(scope, began, head)

    async def _pass(self, handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
        body = self.limit.body(scope, receive)
        request = Inquiry(scope, receive if body is None else body.receive, send)
        try:
            if body is not None:
                body.demand()
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 - what is no refusal is a defect, and answered as one.
            response = await answered(request, error)
        if body is not None and body.is_over():
            # Whatever somebody made of a body that was cut off.
            response = to_response(TooLarge(), request.headers.get("accept-language"))
        told = dict(scope["headers"]).get(_QUOTA)
        if told is not None and (quota := Quota.parse(told.decode("latin-1"))):
            response.headers.update(quota.fields())
        await _sent(response, scope, receive, send)


async def _sent(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if type(response) is not Response or response.background is not None:
        # It may fail before it has begun.
        await Unhandled(response)(scope, receive, send)
        return
    status, headers = response.status_code, response.raw_headers
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
