"""What every report shares: departments in a stamped path, and how fresh a model is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, func, literal, text
from sqlalchemy.ext.asyncio import AsyncConnection

_AS_OF = text("""
SELECT max(o.last_time) FROM consumer_offset AS o
JOIN projection_version AS v ON o."group" = 'analytics.' || v.model || '.v' || v.version
WHERE v.model = :model AND v.is_active
""")


def in_departments(path: ColumnElement[Any], department_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a stamped path leads through a department; ids are compared whole."""
    return literal(str(department_id)) == any_(func.string_to_array(path, "/", type_=ARRAY(Text)))


async def positions(connection: AsyncConnection, model: str) -> datetime | None:
    """Return when the newest event that a model knows was written, or None before the first."""
    found: datetime | None = (await connection.execute(_AS_OF, {"model": model})).scalar_one_or_none()
    return found
