"""The key of one imported file: its pieces, what it looks like and its refused rows are sealed under it."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import orjson

from libs.common.crypto import DataKey, KekRing, aad_of, seal, unseal
from libs.common.pieces import open_piece, seal_piece

FACTS, CELLS = "facts", "cells"


@dataclass(frozen=True, slots=True)
class FileKey:
    """Everything is bound to its import and place, so that nothing can be moved."""

    import_id: UUID
    key: DataKey

    @classmethod
    def mint(cls, import_id: UUID) -> Self:
        return cls(import_id, DataKey.mint(str(import_id)))

    @classmethod
    def unwrap(cls, import_id: UUID, wrapped: str, ring: KekRing) -> Self:
        return cls(import_id, ring.unwrap(str(import_id), wrapped))

    def wrapped(self, ring: KekRing) -> str:
        return ring.wrap(self.key)

    def seal_piece(self, n: int, data: bytes) -> bytes:
        return seal_piece(data, self.key, self._place("piece", n))

    def open_piece(self, n: int, sealed: bytes) -> bytes:
        return open_piece(sealed, self.key, self._place("piece", n))

    def seal(self, kind: str, value: Any, n: int = 0) -> str:
        """Return plain values as one sealed text."""
        return seal(orjson.dumps(value).decode(), self.key, self._place(kind, n))

    def open(self, kind: str, sealed: str, n: int = 0) -> Any:
        """Return what `seal` was given."""
        return orjson.loads(unseal(sealed, self.key, self._place(kind, n)))

    def _place(self, kind: str, n: int) -> bytes:
        return aad_of("import", str(self.import_id), kind, str(n))
