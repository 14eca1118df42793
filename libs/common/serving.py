"""How an API process serves, and how it ends: unready at once, gone when nobody sends it anything any more.

`python -m libs.common.serving services.<name>.main:app --port 8000`. Whoever ends a process tells it and its
load balancer at the same time; requests come until the balancer has heard (architecture.md, 9).
"""

import argparse
import signal
import time
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from uvicorn.importer import import_from_string

from libs.common.health import Health

# A load balancer asks every second or two and takes a few refusals for an answer.
DRAIN = 5.0
# Longer than a request may take.
_LONGEST = 9


class Serving(uvicorn.Server):
    """uvicorn's server, which goes on serving for `drain` seconds behind the first SIGTERM."""

    def __init__(self, config: uvicorn.Config, health: Health, drain: float) -> None:
        """Tell `health` when the process is about to end."""
        super().__init__(config)
        self._health, self._drain = health, drain
        self._ends_at = float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Be unready at SIGTERM, and end later; every other signal, and a second one, ends at once."""
        if sig != signal.SIGTERM or self._health.is_draining or not self.started:
            super().handle_exit(sig, frame)
            return
        self._health.is_draining = True
        self._ends_at = time.monotonic() + self._drain
        # The next answer on each connection is its last, so that callers open others elsewhere.
        last = (b"connection", b"close")
        self.config.encoded_headers.append(last)
        self.server_state.default_headers.append(last)

    async def on_tick(self, counter: int) -> bool:
        """Return whether to end now."""
        if time.monotonic() >= self._ends_at:
            super().handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)


def main() -> None:
    """Serve one application until a signal."""
    parser = argparse.ArgumentParser(prog="python -m libs.common.serving", description=__doc__)
    parser.add_argument("app", help="as module:name; its state has its health")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--drain", type=float, default=DRAIN, help="seconds of serving behind a SIGTERM")
    asked = parser.parse_args()
    app: Starlette = import_from_string(asked.app)
    config = uvicorn.Config(
        app,
        host=asked.host,
        port=asked.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_LONGEST,
    )
    Serving(config, app.state.health, asked.drain).run()


if __name__ == "__main__":
    main()
