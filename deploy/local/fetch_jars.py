"""Fetch Kafka's jars into a folder; a process of its own, as the resolver is slow to import."""

import shutil
import sys
import tempfile
from pathlib import Path

import jgo

from deploy.local.jars import LOCK, locked, verify

ROOTS = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"


def fetch(place: Path) -> None:
    """Resolve, copy the locked jars, verify, and only then give the folder its name."""
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        jars = Path(folder) / "jars"
        jars.mkdir()
        for jar in jgo.build(ROOTS, cache_dir=Path(folder) / "jgo").all_jars:
            shutil.copyfile(jar, jars / jar.name)
        verify(jars)
        if not place.exists():
            jars.rename(place)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
    sys.stdout.write(f"{len(locked())} jars of {LOCK.name} in {sys.argv[1]}\n")
