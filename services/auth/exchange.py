"""The exchange's own process, for the gateway alone: `python -m services.auth.exchange --port N`.

It speaks HTTP/2 over TLS: each request with an opaque credential makes one more through this door.
"""

import argparse
import asyncio
import signal

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from libs.platform.app import create_app
from services.auth.exchanges.api import router as exchanges
from services.auth.settings import Settings

settings = Settings()
app = create_app(settings, __package__, [exchanges])


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM. One process: a supervisor that kills it must not leave a worker behind."""
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
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.auth.exchange")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    asyncio.run(serve(asked.host, asked.port))
