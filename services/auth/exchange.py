"""The exchange's own process, for the gateway alone: `python -m services.auth.exchange --port N`.

It speaks HTTP/2 over TLS: each request with an opaque credential makes one more through this door.
"""

import argparse
import asyncio
import signal

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from libs.common.serving import DRAIN
from libs.platform.app import create_app
from services.auth.exchanges.api import router as exchanges
from services.auth.settings import Settings

settings = Settings()
app = create_app(settings, __package__, [exchanges])


async def serve(host: str, port: int, drain: float) -> None:
    """Serve until SIGINT, or for `drain` seconds behind SIGTERM.

    One process: a supervisor that kills it must not leave a worker behind.
    """
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        websockets=False,
        log_level=LogLevels.error,
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
    )
    loop, health = asyncio.get_running_loop(), app.state.health

    def end() -> None:
        loop.call_later(0 if health.is_draining else drain, server.stop)
        health.is_draining = True

    loop.add_signal_handler(signal.SIGTERM, end)
    loop.add_signal_handler(signal.SIGINT, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.auth.exchange")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--drain", type=float, default=DRAIN, help="seconds of serving behind a SIGTERM")
    asked = parser.parse_args()
    asyncio.run(serve(asked.host, asked.port, asked.drain))
