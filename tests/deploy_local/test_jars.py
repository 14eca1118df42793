"""Jars are trusted by their checksums alone."""

import hashlib
from pathlib import Path

import pytest

from deploy.local import jars


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two jars and the lock that names them."""
    contents = {"one-1.0.jar": b"first", "two-2.0.jar": b"second"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    digests = [hashlib.sha256(content).hexdigest() for content in contents.values()]
    lock = tmp_path / "kafka-jars.lock"
    lock.write_text(f"# A comment.\ng:one:1.0 {digests[0]}\ng:two:2.0 {digests[1]}\n")
    monkeypatch.setattr(jars, "LOCK", lock)
    return tmp_path


class TestVerify:
    def test_accepts_exactly_the_locked_jars(self, place: Path) -> None:
        jars.verify(place)

    def test_refuses_a_changed_jar(self, place: Path) -> None:
        (place / "two-2.0.jar").write_bytes(b"altered")

        with pytest.raises(jars.JarsError, match=r"two-2\.0\.jar is not the jar"):
            jars.verify(place)

    def test_refuses_a_missing_jar(self, place: Path) -> None:
        (place / "one-1.0.jar").unlink()

        with pytest.raises(jars.JarsError, match=r"lacks one-1\.0\.jar"):
            jars.verify(place)

    def test_refuses_a_jar_that_nobody_locked(self, place: Path) -> None:
        (place / "three-3.0.jar").write_bytes(b"stranger")

        with pytest.raises(jars.JarsError, match=r"three-3\.0\.jar is not the jar"):
            jars.verify(place)


class TestLock:
    def test_names_kafka_and_its_logging_by_full_checksums(self) -> None:
        found = jars.locked()

        assert {"kafka_2.13-4.4.0.jar", "slf4j-simple-1.7.36.jar"} <= found.keys()
        assert all(len(digest) == 64 for digest in found.values())
