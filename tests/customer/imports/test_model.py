"""What an import is, step by step; no database is asked."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.common.problems import Conflict
from libs.contracts.customer import ImportCancelled, ImportCheckFinished, ImportFinished, ImportStopped
from services.customer.imports.model import Import, Status

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 10, tzinfo=UTC)
OWNER, KEY = UUID(int=1), UUID(int=7)
COUNTS = {"rows": 5, "created": 2, "updated": 1, "unchanged": 1, "skipped": 0, "failed": 1}


def an_import(status: Status = Status.UPLOADED) -> Import:
    options = {"match_by": "email", "on_match": "update", "chunk": 500}
    made = Import.upload(
        OWNER,
        {
            "object": "contact",
            "format": "csv",
            "size_bytes": 9,
            "mapping": {"0": "email"},
            "options": options,
        },
        NOW,
    )
    made.status = status
    return made


def facts(found: Import) -> list[Any]:
    return [each.event for each in found.__dict__["_waiting"]]


class TestUpload:
    def test_tells_nothing_of_what_stands_in_the_file(self) -> None:
        (fact,) = facts(an_import())

        assert (fact.state.status, fact.state.match_by, fact.state.on_match) == (
            "uploaded",
            "email",
            "update",
        )
        assert fact.state.mapping == {"0": "email"}


class TestMap:
    def test_asks_for_another_dry_run(self) -> None:
        found = an_import(Status.CHECKED)

        found.map({"mapping": {"1": "email"}}, LATER)

        assert (found.status, found.mapping, found.version) == ("uploaded", {"1": "email"}, 2)

    def test_tells_nothing_when_nothing_changes(self) -> None:
        found = an_import()

        found.map({"mapping": {"0": "email"}}, LATER)

        assert found.version == 1

    @pytest.mark.parametrize(
        ("status", "slug"),
        [
            (Status.CHECKING, "import-busy"),
            (Status.RUNNING, "import-busy"),
            (Status.STOPPED, "import-begun"),
            (Status.FINISHED, "import-over"),
            (Status.CANCELLED, "import-over"),
        ],
    )
    def test_rejects_what_has_begun(self, status: Status, slug: str) -> None:
        found = an_import(status)

        with pytest.raises(Conflict, match=slug):
            found.map({"mapping": {}}, LATER)
        with pytest.raises(Conflict, match=slug):
            found.start_check(None, LATER)
        assert (found.status, found.version) == (status, 1)


class TestStart:
    def test_begins_with_the_rights_of_a_key(self) -> None:
        found = an_import()

        assert found.start(KEY, LATER)
        assert (found.status, found.key_id, found.started_at) == ("running", KEY, LATER)

    def test_goes_on_after_a_stop(self) -> None:
        found = an_import()
        found.start(None, NOW)
        found.stop("forbidden", COUNTS, NOW)

        assert not found.start(None, LATER)
        assert (found.status, found.reason, found.started_at) == ("running", None, NOW)

    @pytest.mark.parametrize("status", [Status.RUNNING, Status.CHECKING, Status.FINISHED, Status.CANCELLED])
    def test_rejects_what_runs_or_is_over(self, status: Status) -> None:
        with pytest.raises(Conflict):
            an_import(status).start(None, LATER)


class TestFinish:
    def test_tells_how_it_came_out(self) -> None:
        found = an_import(Status.RUNNING)

        found.finish(COUNTS, LATER)

        fact = facts(found)[-1]
        assert isinstance(fact, ImportFinished)
        assert (fact.created, fact.failed, found.status, found.finished_at) == (2, 1, "finished", LATER)

    def test_of_a_dry_run_is_not_the_end(self) -> None:
        found = an_import(Status.CHECKING)

        found.finish(COUNTS, LATER)

        assert isinstance(facts(found)[-1], ImportCheckFinished)
        assert (found.status, found.finished_at) == ("checked", None)

    @pytest.mark.parametrize("status", [Status.UPLOADED, Status.STOPPED, Status.FINISHED, Status.CANCELLED])
    def test_rejects_what_does_not_run(self, status: Status) -> None:
        found = an_import(status)

        with pytest.raises(Conflict, match="import-not-running"):
            found.finish(COUNTS, LATER)
        with pytest.raises(Conflict, match="import-not-running"):
            found.stop("internal", COUNTS, LATER)


class TestStop:
    def test_says_why(self) -> None:
        found = an_import(Status.RUNNING)

        found.stop("forbidden", COUNTS, LATER)

        fact = facts(found)[-1]
        assert isinstance(fact, ImportStopped)
        assert (fact.state.reason, fact.state.status) == ("forbidden", "stopped")

    def test_leaves_nothing_of_a_dry_run_to_go_on_with(self) -> None:
        found = an_import(Status.CHECKING)

        found.stop("forbidden", COUNTS, LATER)

        assert found.status == "uploaded"


class TestCancel:
    @pytest.mark.parametrize(
        "status",
        [Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.RUNNING, Status.STOPPED],
    )
    def test_ends_it_wherever_it_stands(self, status: Status) -> None:
        found = an_import(status)

        found.cancel(COUNTS, LATER)

        assert isinstance(facts(found)[-1], ImportCancelled)
        assert (found.status, found.finished_at) == ("cancelled", LATER)

    def test_rejects_what_is_over(self) -> None:
        with pytest.raises(Conflict, match="import-over"):
            an_import(Status.FINISHED).cancel(COUNTS, LATER)
