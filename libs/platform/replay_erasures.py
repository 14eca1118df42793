"""Carries out in a service's database every erasure that the key topics tell of.

Run as `python -m libs.platform.replay_erasures services.<name>` after a restore that nobody but the operator
can know of; otherwise a worker does it by itself at its start.
"""

import asyncio
import importlib
import logging
import sys

from libs.common.db import Database
from libs.common.kafka import KafkaBus
from libs.common.plan import Plan
from libs.platform.process import Platform, key_applier
from libs.platform.restoring import replay


async def main(package: str) -> None:
    """Replay in the service that stands in `package`, whatever its database is, and say how it went."""
    plan: Plan = importlib.import_module(f"{package}.worker").PLAN
    database, bus = Database.connect(plan.settings), KafkaBus(plan.settings)
    try:
        new = await replay(Platform(plan.settings, database).transactions, bus, key_applier(plan))
        sys.stdout.write(f"{plan.settings.service}: {new} erasures replayed\n")
    finally:
        await bus.close()
        await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(sys.argv[1]))
