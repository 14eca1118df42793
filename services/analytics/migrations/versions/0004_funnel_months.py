"""Sums of the funnel by month beside those by day, in every version that stands."""

from alembic import op
from sqlalchemy import text

from services.analytics.funnel.projection import MONTHS_FILL

revision, down_revision = "0004", "0003"

_VERSIONS = (
    "SELECT concat('funnel_v', version) AS name, is_active FROM projection_version WHERE model = 'funnel'"
)


def upgrade() -> None:
    """Create and fill them while no day changes."""
    for schema in op.get_bind().execute(text(_VERSIONS)).all():
        op.execute(f"SET LOCAL search_path TO {schema.name}, public")
        for statement in filter(str.strip, MONTHS_FILL.split(";\n")):
            op.execute(statement)
        if schema.is_active:
            view = "CREATE VIEW public.funnel_month AS TABLE {}.funnel_month"
            op.execute(view.format(schema.name))
    op.execute("SET LOCAL search_path TO public")
