"""The same places everywhere: services, aggregates, and no file named after nothing."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.planting import plant
from tests.architecture.tree import OWNED, SERVICE_NEEDS, misplaced


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in sorted(SERVICE_NEEDS - {"migrations"}):
        plant(tmp_path, f"services/sales/{name}", "x = 1\n")
    plant(tmp_path, "services/sales/migrations/versions/0001_first.py", "x = 1\n")
    for name in sorted(OWNED):
        plant(tmp_path, f"services/sales/opportunities/{name}", "x = 1\n")
    return tmp_path


def test_product_has_everything_in_its_place() -> None:
    assert misplaced() == []


def test_a_tree_as_described_passes(tree: Path) -> None:
    assert misplaced(tree) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("services/sales/opportunities/service.py", "service.py is named after nothing"),
        ("services/sales/opportunities/rules.py", "rules.py has no place"),
        ("services/sales/opportunities/deep/model.py", "deep has no place"),
        ("services/sales/opportunity/model.py", "opportunity is not plural"),
        ("services/sales/opportunities/projection.py", "projection.py has no place"),
        ("services/analytics/funnel/model.py", "model.py has no place"),
        ("services/sales/constants.py", "constants.py has no place"),
        ("services/sales/migrations/notes.py", "notes.py has no place"),
        ("libs/common/utils.py", "utils.py is named after nothing"),
        ("deploy/local/helpers.py", "helpers.py is named after nothing"),
        ("gateway/base.py", "base.py is named after nothing"),
    ],
)
def test_planted_file_is_caught(tree: Path, path: str, message: str) -> None:
    plant(tree, path, "x = 1\n")

    assert any(message in line for line in misplaced(tree))


def test_a_service_that_only_projects_needs_no_handlers(tree: Path) -> None:
    (tree / "services/sales/handlers.py").unlink()
    shutil.rmtree(tree / "services/sales/opportunities")
    (tree / "services/sales").rename(tree / "services/analytics")

    assert misplaced(tree) == []


@pytest.mark.parametrize("name", sorted(SERVICE_NEEDS - {"migrations"}))
def test_missing_file_is_caught(tree: Path, name: str) -> None:
    (tree / "services/sales" / name).unlink()

    assert misplaced(tree) == [f"sales: {name} is missing"]
