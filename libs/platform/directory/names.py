"""Names of users: ciphertext in the directory, in the clear only where they are shown."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.consumer import NotYetError
from libs.common.crypto import PENDING, KekRing, Unreadable
from libs.contracts.auth import DIRECTORY_ID
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from libs.platform.subjects.sealing import open_text, sealed_under


async def user_names(
    connection: AsyncConnection, ring: KekRing, directory: Directory, ids: Iterable[UUID]
) -> dict[UUID, str]:
    """Return the name of each known user, `[erased]` or `[pending]` where it cannot be read."""
    entries = {id: directory.entries.get(("user", str(id))) for id in ids}
    known = {id: entry for id, entry in entries.items() if entry is not None and entry.data.get("name")}
    subjects = (sealed_under(entry.data["name"]) for entry in known.values())
    keys = await load_keys(connection, ring, filter(None, subjects))
    return {id: _name(entry, keys) for id, entry in known.items()}


def _name(entry: Entry, keys: KeysAtHand) -> str:
    try:
        return open_text(entry.data["name"], entry.type, DIRECTORY_ID, ("state", "name"), keys)
    except (NotYetError, Unreadable):
        return PENDING
