"""The web UI's own suite, run by the Node that comes as a wheel, and what its pages weigh."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local import web
from deploy.local.process import CommandFailedError
from tests.figures import Figures
from tests.web import schema

SIGN_IN_LIMIT, ROUTE_LIMIT = 250_000, 450_000
IMPORTS = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
LOADED = re.compile(r'(?:src|href)="/assets/([\w.-]+\.js)"')


@pytest.fixture(scope="session")
async def stage() -> AsyncIterator[Path]:
    """A copy of web/ beside all its packages."""
    web.KEPT.mkdir(parents=True, exist_ok=True)
    async with web.alone():
        copy = await web.staged(web.KEPT / "tests.log", with_tests=True)
    yield copy
    web.clear(copy)


async def passes(stage: Path, log: Path, *words: str) -> None:
    try:
        await web.node(stage, log, *words)
    except CommandFailedError:
        pytest.fail(log.read_text("utf-8")[-6000:])


async def test_has_no_lint(stage: Path, tmp_path: Path) -> None:
    await passes(stage, tmp_path / "log", "node_modules/eslint/bin/eslint.js", "--max-warnings=0", ".")


async def test_has_no_type_error(stage: Path, tmp_path: Path) -> None:
    await passes(stage, tmp_path / "log", "node_modules/typescript/bin/tsc", "--noEmit")


async def test_passes_its_own_tests(stage: Path, tmp_path: Path) -> None:
    await passes(stage, tmp_path / "log", "node_modules/vitest/vitest.mjs", "run", "--no-color")


async def test_knows_the_api_as_it_is(stage: Path, tmp_path: Path) -> None:
    written = tmp_path / "schema.d.ts"
    await schema.write(written, stage, tmp_path / "log")

    hint = "run: python -m tests.web.schema"
    assert written.read_text("utf-8") == schema.SCHEMA.read_text("utf-8"), hint
    assert schema.event_types() == schema.EVENTS.read_text("utf-8"), hint


async def test_lint_would_catch_a_feature_that_knows_another(stage: Path, tmp_path: Path) -> None:
    planted = stage / "src" / "features" / "leads" / "planted.ts"
    planted.write_text('export { accountsOptions } from "@/features/accounts/api"\n', "utf-8")
    words = ("node_modules/eslint/bin/eslint.js", str(planted))
    try:
        with pytest.raises(CommandFailedError, match="knows neither pages nor its siblings"):
            await web.node(stage, tmp_path / "log", *words)
    finally:
        planted.unlink()


def test_names_no_registry() -> None:
    lock = (web.SOURCES / "package-lock.json").read_text("utf-8")

    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (web.SOURCES / ".npmrc").read_text("utf-8")


async def test_pages_stay_light(tmp_path: Path) -> None:
    scripts = await built_scripts(tmp_path / "log")
    entry = closure(scripts, LOADED.findall((scripts / "../index.html").resolve().read_text("utf-8")))
    routes = [path.name for path in scripts.glob("*.js") if path.name not in entry]
    heaviest = max(weight(scripts, closure(scripts, [*entry, name])) for name in routes)

    figures = Figures("web")
    figures.at_most("compressed script of the sign-in page", weight(scripts, entry), SIGN_IN_LIMIT, "B")
    figures.at_most("compressed script of the heaviest page", heaviest, ROUTE_LIMIT, "B")
    assert figures.done(part=True), figures.failures()


async def built_scripts(log: Path) -> Path:
    return await web.build(log) / "assets"


def closure(scripts: Path, names: list[str]) -> list[str]:
    """Every script that is loaded before these can run."""
    found: list[str] = []
    waiting = list(names)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.append(name)
            waiting.extend(IMPORTS.findall((scripts / name).read_text("utf-8")))
    return found


def weight(scripts: Path, names: list[str]) -> int:
    return sum(len(gzip.compress((scripts / name).read_bytes())) for name in names)
