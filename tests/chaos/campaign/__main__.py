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
    outcome = asyncio.run(prove(figures, budget("campaign-long"), patience=1800.0))
    figures.at_least("mails a second, kills included", outcome.judgement.mails / outcome.seconds, 10)
    return 0 if figures.done() else 1


if __name__ == "__main__":
    sys.exit(main())
