"""Logs keep their ends and lose their beginnings."""

from pathlib import Path

from deploy.local.logs import KEPT, numbered, trim


class TestTrim:
    def test_leaves_a_small_log_alone(self, tmp_path: Path) -> None:
        log = tmp_path / "sales.log"
        log.write_text("short")

        trim(log, largest=10)

        assert log.read_text() == "short"
        assert not numbered(log, 1).exists()

    def test_moves_a_large_log_aside_and_the_writer_goes_on(self, tmp_path: Path) -> None:
        log = tmp_path / "sales.log"
        with log.open("a", buffering=1) as writer:
            writer.write("before, long\n")

            trim(log, largest=10)
            writer.write("after\n")

        assert log.read_text() == "after\n"
        assert numbered(log, 1).read_text() == "before, long\n"

    def test_keeps_only_so_many(self, tmp_path: Path) -> None:
        log = tmp_path / "sales.log"
        for number in range(KEPT + 2):
            log.write_text(f"{number} is a long line")
            trim(log, largest=10)

        kept = [numbered(log, number).read_text()[0] for number in range(1, KEPT + 1)]
        assert kept == ["4", "3", "2"]
        assert not numbered(log, KEPT + 1).exists()
