"""The long form: `python -m tests.chaos.campaign`; it starts servers of its own."""

import asyncio
import logging
import os
import subprocess
import sys

from tests.chaos.campaign.proving import prove
from tests.figures import Figures, budget


def main() -> int:
    """Run within servers of its own; 0 when every figure is right."""
    if "PLEXUS_TEST_POSTGRES_URL" not in os.environ:
        command = (
            sys.executable,
            "-m",
            "deploy.local",
            "test",
            "--",
            sys.executable,
            "-m",
            "tests.chaos.campaign",
        )
        return subprocess.run(command, check=False).returncode
    logging.basicConfig(level=logging.WARNING)
    figures = Figures("campaign-long")
    asyncio.run(prove(figures, budget("campaign-long"), patience=900.0))
    return 0 if figures.done() else 1


if __name__ == "__main__":
    sys.exit(main())
