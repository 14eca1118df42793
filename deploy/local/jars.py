"""Kafka's jars: fetched by coordinates, trusted by the checksums that are kept in this folder."""

import hashlib
import sys
from pathlib import Path

from deploy.local.places import ROOT, cache_directory
from deploy.local.process import CommandFailedError, Launch, run

LOCK = Path(__file__).with_name("kafka-jars.lock")
ADVICE = (
    "Kafka's jars could not be fetched: set PLEXUS_KAFKA_BOOTSTRAP=host:port to use a Kafka "
    "of your own, or try again with a connection"
)


class JarsError(CommandFailedError):
    """The jars are missing or are not the ones of the lock; the text says what to do."""


def locked() -> dict[str, str]:
    """Read the lock: file name to SHA-256. A line is `group:artifact:version sha256`."""
    jars = {}
    for line in LOCK.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, digest = line.split()
            _group, artifact, version = coordinates.split(":")
            jars[f"{artifact}-{version}.jar"] = digest
    return jars


def folder() -> Path:
    """Return the cache folder of exactly these jars: its name is the lock's checksum."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return cache_directory() / f"kafka-{digest}"


def verify(place: Path) -> None:
    """Raise JarsError unless the folder holds the locked jars, unchanged, and nothing else."""
    wanted = locked()
    found = {path.name: path for path in place.glob("*.jar")}
    if missing := sorted(wanted.keys() - found.keys()):
        raise JarsError(f"{place} lacks {missing[0]}")
    for name, path in found.items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if wanted.get(name) != digest:
            raise JarsError(f"{path} is not the jar that {LOCK.name} names: delete it and try again")


async def ensure(log: Path) -> Path:
    """Return the verified folder, fetching the jars when they are not there yet."""
    place = folder()
    if not place.exists():
        fetch = (sys.executable, "-m", "deploy.local.fetch_jars", str(place))
        try:
            await run(Launch(fetch, directory=ROOT), log)
        except CommandFailedError as error:
            raise JarsError(f"{ADVICE} (the reason stands in {log})") from error
    verify(place)
    return place
