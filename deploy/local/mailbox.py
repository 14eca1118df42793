"""A mail server for one machine: it takes every mail and keeps the newest in a folder; nothing leaves.

`python -m deploy.local.mailbox --port N --folder DIR`; each mail is a file `<nanoseconds>-<number>.eml`.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.part import Part
from deploy.local.places import ROOT
from deploy.local.process import Launch

MOST_KEPT = 10_000
LARGEST = 10 * 1024 * 1024


def mailbox(state: Path, port: int) -> Part:
    """Describe the server; its mails are under the state folder."""
    command = (sys.executable, "-m", "deploy.local.mailbox")
    options = ("--port", str(port), "--folder", str(folder(state)))
    return Part(
        name="mailbox",
        port=port,
        probe=f"tcp://127.0.0.1:{port}",
        launch=Launch(command=(*command, *options), directory=ROOT),
    )


def folder(state: Path) -> Path:
    """Return where a stack's mails are kept."""
    return state / "mail"


@dataclass
class Keeper:
    """Writes each mail to a file of its own, and removes the oldest past a limit."""

    folder: Path
    most: int = MOST_KEPT
    _taken: int = 0
    _kept: deque[Path] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Know what is there already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._kept.extend(sorted(self.folder.glob("*.eml")))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail; the file appears whole."""
        self._taken += 1
        path = self.folder / f"{time.time_ns()}-{self._taken:06}.eml"
        partial = path.with_suffix(".part")
        content = envelope.content or b""
        partial.write_bytes(content if isinstance(content, bytes) else content.encode())
        partial.replace(path)
        self._kept.append(path)
        while len(self._kept) > self.most:
            self._kept.popleft().unlink(missing_ok=True)
        return "250 Kept"


async def serve(port: int, keeper: Keeper) -> None:
    """Take mail until SIGTERM."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)

    def session() -> SMTP:
        return SMTP(keeper, data_size_limit=LARGEST, hostname="mailbox.localhost", loop=loop)

    server = await loop.create_server(session, "127.0.0.1", port)
    async with server:
        await stop.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description="Keeps every mail in a folder.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, Keeper(options.folder)))


if __name__ == "__main__":
    main()
