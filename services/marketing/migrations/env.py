"""Alembic runs this; the steps are the same for every service."""

from libs.common.migrate import run_migrations

run_migrations()
