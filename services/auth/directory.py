"""The directory's head: whoever changes a user, department, role, session or key takes its next version."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base
from libs.contracts.auth import DirectoryFact


class DirectoryHead(Base):
    """The one row that is locked from the change to its commit, so that `dv` follows the commits."""

    __tablename__ = "directory_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    dv: Mapped[int]

    def next(self) -> int:
        """Take the next version."""
        self.dv += 1
        return self.dv


class InDirectory(Aggregate):
    """Mixed into what stands in the directory: its facts share the directory's sequence."""

    dv: Mapped[int] = mapped_column(sort_order=-8)

    def tell(self, head: DirectoryHead, fact: DirectoryFact) -> None:
        """Record a fact under the directory's next version."""
        self.dv = head.next()
        self.record(fact, self.dv)


async def lock_head(session: AsyncSession) -> DirectoryHead:
    """Return the head, locked until the transaction ends."""
    head: DirectoryHead | None = session.info.get("head")
    if head is None:
        head = await session.get_one(DirectoryHead, 1, with_for_update=True)
        session.info["head"] = head
    return head
