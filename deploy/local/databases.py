"""One database and one role per service; no role can enter another service's database."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import asyncpg

LIMITS = {
    "transaction_timeout": "15s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
}


def name_of(service: str) -> str:
    """Return the name that the service's role and its database share."""
    return f"plexus_{service}"


def url_for(server: str, service: str, password: str) -> str:
    """Return the server's URL with the service's role and database; options such as TLS stay."""
    parts = urlsplit(server)
    address = parts.netloc.rpartition("@")[2]
    role = name_of(service)
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{address}", path=f"/{role}"))


async def create_databases(server: str, passwords: Mapping[str, str]) -> None:
    """Create what is missing, as the server's administrator; the passwords are by service."""
    connection = await asyncpg.connect(server)
    try:
        for service, password in passwords.items():
            await _create(connection, name_of(service), password)
    finally:
        await connection.close()


async def _create(connection: asyncpg.Connection, name: str, password: str) -> None:
    # Names are ours and passwords are URL-safe base64: neither holds a quote.
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {name} LOGIN")
        await connection.execute(f"GRANT {name} TO CURRENT_USER")
    await connection.execute(f"ALTER ROLE {name} PASSWORD '{password}'")
    for setting, value in LIMITS.items():
        await connection.execute(f"ALTER ROLE {name} SET {setting} = '{value}'")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    await connection.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC")
