"""A clone works behind any mirror and on any machine: no file names a registry or a person's folder."""

from pathlib import Path

import pytest

from tests.architecture.planting import plant
from tests.architecture.text import FOLDERS, HOSTS, named_places

URL = "https://files.{}/packages/x.whl"


def test_tracked_files_name_no_registry_and_no_machine() -> None:
    assert list(named_places()) == []


@pytest.mark.parametrize("host", [".".join(parts) for parts in HOSTS])
def test_planted_host_is_caught(tmp_path: Path, host: str) -> None:
    plant(tmp_path, "requirements.lock", f"first==1\n--index-url {URL.format(host)}\n")

    assert list(named_places(tmp_path)) == [f"requirements.lock:2: names {host}"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_planted_folder_is_caught(tmp_path: Path, folder: str) -> None:
    plant(tmp_path, "docs/README.md", f"See `/{folder}/somebody/plexus`.\n")

    assert list(named_places(tmp_path)) == [f"docs/README.md:1: names /{folder}/s"]


@pytest.mark.parametrize("line", ["a/work/b", "/api/v1/work", "see /var/x", "${HOME}/work/x", "homework/x"])
def test_innocent_line_passes(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "docs/README.md", line)

    assert list(named_places(tmp_path)) == []
