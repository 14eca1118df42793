"""What no tracked file may name: a package registry's host, or a folder of somebody's machine."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT

# Written in parts, so that this file does not name what it forbids.
HOSTS = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("maven", "org"),
    ("maven", "apache", "org"),
    ("sonatype", "org"),
    ("crates", "io"),
    ("golang", "org"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
]
FOLDERS = ["root", "work", "home", "Users", "opt/wheels", "farm"]
HOST = re.compile("|".join(rf"\b{re.escape('.'.join(parts))}\b" for parts in HOSTS))
FOLDER = re.compile(rf"(?<![\w.}}$~)*-])/(?:{'|'.join(FOLDERS)})/[\w.-]")


def tracked(root: Path = ROOT) -> list[Path]:
    """Name the tracked files; in a tree without git, all files."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
        )
        return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
    return sorted(path for path in root.rglob("*") if path.is_file())


def named_places(root: Path = ROOT) -> Iterator[str]:
    """Name each line that names a registry's host or a machine's folder."""
    for path in tracked(root):
        for number, line in enumerate(_lines(path), 1):
            for pattern in (HOST, FOLDER):
                if match := pattern.search(line):
                    yield f"{path.relative_to(root)}:{number}: names {match.group()}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return []
