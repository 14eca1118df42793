"""The applications of all services, built as in production over settings that reach nothing."""

import importlib
import os
from collections.abc import Mapping, Sequence
from unittest.mock import patch

from fastapi import FastAPI

from libs.common.testing import kek_file

SERVICES = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")
_ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SLOT": "test-0",
    "ADMIN_EMAIL": "admin@example.com",
    "ADMIN_PASSWORD": "correct horse battery staple",
}


def applications(names: Sequence[str] = SERVICES) -> Mapping[str, FastAPI]:
    """Import each service's main module, which builds its application from the environment."""
    settings = _ENVIRONMENT | {"KEK_FILE": str(kek_file())}
    with patch.dict(os.environ, {f"PLEXUS_{name}": value for name, value in settings.items()}):
        return {name: importlib.import_module(f"services.{name}.main").app for name in names}
