"""The import contracts of pyproject.toml hold, and each is seen to bite on a copy of the tree."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.planting import plant
from tests.architecture.source import PRODUCT, ROOT

LINTER = Path(sys.executable).with_name("lint-imports")
SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "page", "node_modules", "build")
STAGES = "services/sales/opportunities"
# Contract, the file that gets one more line, the line.
PLANTED = [
    ("repository", "libs/common/clock.py", "import libs.contracts"),
    ("repository", "libs/common/clock.py", "import services.sales"),
    ("repository", "libs/contracts/planted.py", "import libs.platform"),
    ("repository", "libs/platform/planted.py", "import services.sales"),
    ("repository", "libs/platform/planted.py", "import gateway"),
    ("repository", "gateway/planted.py", "import services.sales"),
    ("repository", "services/sales/jobs.py", "import deploy.local"),
    ("services", "services/sales/jobs.py", "import services.customer"),
    ("services", "services/analytics/handlers.py", "import services.sales"),
    ("services", "services/auth/jobs.py", "import services.analytics"),
    ("sales", f"{STAGES}/queries.py", "import services.sales.handlers"),
    ("sales", "services/sales/settings.py", "import services.sales.opportunities"),
    ("sales", "services/sales/surprise/__init__.py", "import json"),
    ("customer", "services/customer/accounts/queries.py", "import services.customer.contacts"),
    ("customer", "services/customer/surprise/__init__.py", "import json"),
    ("auth", "services/auth/settings.py", "import services.auth.users"),
    ("auth", "services/auth/surprise/__init__.py", "import json"),
    ("analytics", "services/analytics/funnel/queries.py", "import services.analytics.handlers"),
    ("analytics", "services/analytics/surprise/__init__.py", "import json"),
    ("marketing", "services/marketing/templates/queries.py", "import services.marketing.campaigns"),
    ("marketing", "services/marketing/surprise/__init__.py", "import json"),
    ("integration", "services/integration/webhooks/queries.py", "import services.integration.deliveries"),
    ("integration", "services/integration/surprise/__init__.py", "import json"),
    ("ticketing", "services/ticketing/queues/queries.py", "import services.ticketing.tickets"),
    ("ticketing", "services/ticketing/business_time.py", "import services.ticketing.calendars"),
    ("ticketing", "services/ticketing/surprise/__init__.py", "import json"),
    ("aggregate", f"{STAGES}/model.py", "import services.sales.opportunities.schemas"),
    ("aggregate", f"{STAGES}/schemas.py", "import services.sales.opportunities.queries"),
    ("aggregate", f"{STAGES}/queries.py", "import services.sales.opportunities.commands"),
    ("aggregate", f"{STAGES}/commands.py", "import services.sales.opportunities.api"),
    ("aggregate", "services/analytics/funnel/projection.py", "import services.analytics.funnel.queries"),
    ("aggregate", f"{STAGES}/surprise.py", "import json"),
    ("model", f"{STAGES}/model.py", "import fastapi"),
    ("model", f"{STAGES}/model.py", "import libs.common.kafka"),
    ("model", f"{STAGES}/model.py", "import httpx"),
    ("model-door", f"{STAGES}/api.py", "import services.sales.opportunities.model"),
    ("model-door", "services/sales/handlers.py", "import services.sales.opportunities.model"),
    ("command-door", "services/sales/leads/commands.py", "import services.sales.opportunities.commands"),
    ("command-door", "services/sales/main.py", "import services.sales.opportunities.commands"),
    ("contracts", "libs/contracts/planted.py", "import sqlalchemy"),
    ("contracts", "libs/contracts/planted.py", "import libs.common.db"),
    ("contracts", "libs/contracts/planted.py", "import fastapi"),
    ("kafka", "libs/common/relay.py", "import aiokafka"),
    ("kafka", "services/sales/jobs.py", "import aiokafka"),
    ("kafka", "deploy/local/planted.py", "import aiokafka"),
]
AGGREGATES = [STAGES, "services/sales/leads", "services/customer/accounts"]
MODULES = ["model", "schemas", "queries", "commands", "api"]
NEEDED = [
    *(f"{aggregate}/{module}.py" for aggregate in AGGREGATES for module in MODULES),
    *(f"services/{name}/handlers.py" for name in ("auth", "customer", "sales", "analytics")),
    "services/customer/contacts/__init__.py",
    "services/auth/users/__init__.py",
    "services/analytics/funnel/queries.py",
]


def lint(root: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    only = ["--contract", contract] if contract else []
    command = [str(LINTER), "--no-cache", *only]
    wide = os.environ | {"COLUMNS": "1000"}  # A wrapped report would hide what it names.
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, env=wide)


def contract_ids() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree in which the modules that plants need exist, be they written yet or not."""
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=SKIPPED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path in NEEDED:
        append(tmp_path, path)
    return tmp_path


def append(root: Path, path: str, line: str = "") -> None:
    """Add a line to a file, which is made with its packages where there is none."""
    for package in Path(path).parents:
        if package != Path() and not (root / package / "__init__.py").exists():
            plant(root, f"{package}/__init__.py", "")
    file = root / path
    before = file.read_text("utf-8") if file.exists() else ""
    plant(root, path, f"{before}\n{line}\n")


def test_product_keeps_every_contract() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout


def test_copy_without_a_plant_keeps_every_contract(copy: Path) -> None:
    done = lint(copy)

    assert done.returncode == 0, done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(contract_ids())


@pytest.mark.parametrize("contract", contract_ids())
def test_planted_imports_break_their_contract(copy: Path, contract: str) -> None:
    planted = [(path, line) for each, path, line in PLANTED if each == contract]
    for path, line in planted:
        append(copy, path, line)

    done = lint(copy, contract)

    assert done.returncode == 1
    assert [line for path, line in planted if evidence(path, line) not in done.stdout] == []


def evidence(path: str, line: str) -> str:
    """Say what the report of a caught plant holds: the import, or the module that is no layer."""
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return f"- {module}\n" if "surprise" in path else f"{module} -> {line.removeprefix('import ')}"
