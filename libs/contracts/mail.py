"""A mail that somebody asks for: marketing, ticketing and others say what, integration sends it.

A producer declares its own event with its own type, key and state, and mixes this in:

    class CampaignMailRequested(CampaignMemberFact, MailRequested, type="…mail_requested.v1", key="…"):
        ...

integration has one handler for every such event, and answers with `MessageSent`, `MessageFailed` or
`MessageCancelled`, whose state names the aggregate that asked as `about_type` and `about_id`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from libs.common.events import Event, Personal

# The channel's name, in the consent ledger too.
EMAIL = "email"
# What stands in a text for the link that only its reader sees.
LINK = "{link}"


class MailRequested(Event):
    """One mail to one person; a repeated request with the same `mail_id` is the same mail.

    `message_id` is the Message-ID of RFC 5322 (`<…@…>`), the same in every attempt. `purpose` is that of the
    consent (`marketing`, `service`, …): its withdrawal cancels what has not left. Nothing leaves at or after
    `not_after`, which lies at most 24 h behind the request. `list_unsubscribe_url` takes the one-click POST
    of RFC 8058. `in_reply_to` is the Message-ID of the mail that this one answers.
    """

    tells: ClassVar[Mapping[str, tuple[str, str]]] = {
        "to": ("contact", "email"),
        **dict.fromkeys(("subject_line", "text", "html"), ("contact", "*")),
    }

    mail_id: UUID
    message_id: str
    subject_id: UUID
    contact_id: UUID | None = None
    purpose: str
    to: Personal[str]
    subject_line: Personal[str]
    text: Personal[str]
    html: Personal[str | None] = None
    from_name: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    list_unsubscribe_url: str | None = None
    not_after: datetime


class LinkMailRequested(MailRequested):
    """A mail with a link that lets its reader in: no event holds the link, nor does anything that is kept.

    When the mail leaves, integration signs `link_id` as a link that opens `link_opens`
    (libs/platform/links.py), and puts `link_to` with the token behind it where `text` says `{link}`.
    """

    link_opens: str | None = None
    link_id: UUID | None = None
    link_to: str | None = None
