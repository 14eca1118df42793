"""The log of a process: one JSON object a line for machines, or a line for people; never anybody's data.

Whatever an exception says may hold a row's values or an address, so both forms tell its classes and the
places in our code, and not its text.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import orjson

from libs.common.settings import Settings
from libs.common.telemetry_context import CURRENT, TRACEPARENT

type _Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# uvicorn writes these by itself otherwise, in a form of its own and with the texts of exceptions.
_SERVERS = ("uvicorn", "uvicorn.error")
# These tell whole addresses, with what somebody searched for; of a request we tell the route.
_TALKATIVE = ("uvicorn.access", "httpx")


def configure(settings: Settings, process: str) -> None:
    """Let everything that this process logs leave in the form of `settings.log_format`, on stderr.

    Under somebody who has taken the log already, such as a test's runner, the text form changes nothing.
    """
    root = logging.getLogger()
    if root.handlers and settings.log_format == "text":
        return
    handler = logging.StreamHandler(sys.stderr)
    is_json = settings.log_format == "json"
    handler.setFormatter(JsonFormatter(settings.service, process) if is_json else TextFormatter(_TEXT))
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _SERVERS:
        server = logging.getLogger(name)
        server.handlers, server.propagate = [], True
    # It lists every partition at each rebalance.
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).disabled = True


class TextFormatter(logging.Formatter):
    """A line for people, with an exception's classes and places below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        record.msg, record.args = message_of(record), ()
        return super().format(record)

    def formatException(self, ei: _Failure) -> str:  # noqa: N802 - the name is logging's
        """Return the classes and places of a failure."""
        return "\n".join([classes(ei[1]), *(f"  {each}" for each in places(ei[1]))])


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, how grave, who says it in which process, and within which trace."""

    def __init__(self, service: str, process: str) -> None:
        super().__init__()
        self._always = {"service": service, "process": process}

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **self._always,
            "message": message_of(record),
            **_trace(getattr(record, "traceparent", None) or CURRENT.get()),
            **getattr(record, "facts", {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            facts |= {"error": classes(error), "frames": places(error)}
        return orjson.dumps(facts, default=str).decode()


def message_of(record: logging.LogRecord) -> str:
    """Return what a record says; asyncio adds lines that show a task with its exception's text."""
    said = record.getMessage()
    return said.partition("\n")[0] if record.name == "asyncio" else said


def classes(error: BaseException | None) -> str:
    """Return the classes of an exception and of those behind it, without a word of what they say."""
    names: list[str] = []
    while error is not None and len(names) < 10:  # noqa: PLR2004 - a chain may lead back to itself
        names.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " from ".join(names)


def places(error: BaseException | None) -> list[str]:
    """Return where an exception passed: file, line and function, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return [f"{each.filename}:{each.lineno} in {each.name}" for each in frames]


def _trace(traceparent: str | None) -> dict[str, str]:
    """Name the trace; its id is what the audit trail and the events call the correlation id."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    if found is None:
        return {}
    return {"trace_id": found[1], "span_id": found[2], "correlation_id": found[1]}
