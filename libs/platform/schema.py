"""The tables that every service has from the platform; its first migration creates them."""

import sqlalchemy as sa

from libs.common.db import Base
from libs.platform.directory.tables import directory_entry
from libs.platform.references.tables import MERGES, reference
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import subject_key_replica


def create_platform(connection: sa.Connection) -> None:
    """Create the directory, the subject keys (own and others') and the references in a new database."""
    own = Base.metadata.tables[SubjectKey.__tablename__]
    Base.metadata.create_all(connection, tables=[directory_entry, own, subject_key_replica, reference])
    for function in MERGES:
        connection.exec_driver_sql(function)
