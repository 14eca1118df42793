"""One warm process migrates every service in a fork of its own."""

import json
import os
import subprocess
import sys

from deploy.local.places import ROOT
from deploy.local.services import VARIABLE


class TestMigrateAll:
    def test_says_which_service_failed_and_why(self) -> None:
        given = {**os.environ, VARIABLE: json.dumps({"nowhere": {"PLEXUS_SLOT": "nowhere-0"}})}

        migrated = subprocess.run(
            [sys.executable, "-m", "deploy.local.migrations"],
            cwd=ROOT,
            env=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

        assert migrated.returncode == 1
        assert "No module named 'services.nowhere'" in migrated.stderr
        assert "services.nowhere was not migrated" in migrated.stderr
