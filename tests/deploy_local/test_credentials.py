"""Secrets are made once and read by their owner alone."""

import base64
import json
from pathlib import Path

import pytest

from deploy.local.credentials import ensure_key_file, load_credentials
from deploy.local.process import CommandFailedError


class TestLoadCredentials:
    def test_makes_them_once_and_adds_a_new_service(self, tmp_path: Path) -> None:
        first = load_credentials(tmp_path, ["sales"])

        second = load_credentials(tmp_path, ["sales", "auth"])

        assert second.postgres == first.postgres
        assert second.admin_password == first.admin_password
        assert second.services["sales"] == first.services["sales"]
        assert second.services["auth"] != second.services["sales"]
        assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600


class TestEnsureKeyFile:
    def test_makes_a_key_of_this_month_for_its_owner_alone(self, tmp_path: Path) -> None:
        file = ensure_key_file(tmp_path, has_data=False)

        keys = json.loads(file.read_text())
        assert file.stat().st_mode & 0o777 == 0o600
        assert len(base64.b64decode(keys["keys"][keys["current"]])) == 32
        assert len(base64.b64decode(keys["blind_index"])) == 32
        assert ensure_key_file(tmp_path, has_data=True).read_text() == json.dumps(keys, indent=1)

    def test_never_replaces_a_lost_key_under_data(self, tmp_path: Path) -> None:
        with pytest.raises(CommandFailedError, match="put it back"):
            ensure_key_file(tmp_path, has_data=True)
