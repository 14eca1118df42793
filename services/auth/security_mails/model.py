"""A mail to a user about his own sign-in: a link that lets him in, or word of what was done."""

from datetime import datetime, timedelta
from typing import NamedTuple, Self
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base
from libs.common.ids import new_id
from libs.contracts.auth import SecurityMailRequested, SecurityMailState
from services.auth.wording import MAILS

# Word of what was done is worth nothing much later.
_NOTICE_LIFE = timedelta(hours=24)


class Recipient(NamedTuple):
    """Whom a mail goes to."""

    user_id: UUID
    email: str
    name: str
    locale: str


class MailLink(NamedTuple):
    """A link for the reader alone: its kind, what it names, the page of the web that takes it, until when."""

    opens: str
    id: UUID
    page: str
    until: datetime


class SecurityMail(Aggregate, Base):
    """What was asked for; integration sends it, and tells what became of it."""

    __tablename__ = "security_mail"

    user_id: Mapped[UUID]
    kind: Mapped[str]

    @classmethod
    def request(
        cls, kind: str, to: Recipient, public_url: str, now: datetime, link: MailLink | None = None
    ) -> Self:
        """Have a user written to in his language; the link itself is made when the mail leaves."""
        made = cls(id=new_id(), user_id=to.user_id, kind=kind, created_at=now, updated_at=now)
        words = MAILS[kind]
        subject_line, text = words.get(to.locale, words["en"])
        # Behind the # no server and no log on the way sees the token.
        place = f"{public_url.rstrip('/')}/{link.page}#" if link else None
        asked = SecurityMailRequested(
            occurred_at=now,
            security_mail_id=made.id,
            state=made.state(),
            mail_id=made.id,
            message_id=f"<{made.id}@{urlsplit(public_url).hostname}>",
            subject_id=to.user_id,
            purpose="security",
            to=to.email,
            subject_line=subject_line,
            text=text,
            not_after=link.until if link else now + _NOTICE_LIFE,
            link_opens=link.opens if link else None,
            link_id=link.id if link else None,
            link_to=place,
        )
        made.record(asked)
        return made

    def state(self) -> SecurityMailState:
        return SecurityMailState.model_validate(self, from_attributes=True)
