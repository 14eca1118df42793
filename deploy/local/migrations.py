"""Migrate every service at once: what they all import is imported once, then each gets a fork.

Run as `python -m deploy.local.migrations` with PLEXUS_MIGRATIONS={"sales": {variable: value}}.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import traceback

import libs.platform.process  # noqa: F401  Most of a worker's import time, spent before the forks.
from deploy.local.process import bound_to
from deploy.local.services import VARIABLE
from libs.common.migrate import main


def migrate(service: str, environment: dict[str, str]) -> int:
    """Migrate one service in a fork of this process; return the child's pid."""
    parent = os.getpid()
    if child := os.fork():
        return child
    code = 1
    try:
        bound_to(parent, signal.SIGKILL)()
        os.environ.update(environment)
        asyncio.run(main(f"services.{service}"))
        code = 0
    except BaseException:  # noqa: BLE001  The fork must never return into its parent's code.
        traceback.print_exc()
        print(f"services.{service} was not migrated", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def migrate_all(services: dict[str, dict[str, str]]) -> int:
    """Return 0 when every service was migrated."""
    children = [migrate(service, environment) for service, environment in services.items()]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return int(any(codes))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(migrate_all(json.loads(os.environ[VARIABLE])))
