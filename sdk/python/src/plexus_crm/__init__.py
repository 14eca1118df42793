"""Plexus CRM for Python: the API as methods, and its events as types."""

from plexus_crm.aio import AsyncClient
from plexus_crm.client import Client
from plexus_crm.event import Envelope, Event, MalformedEvent, UnknownEvent, is_sealed, parse
from plexus_crm.pages import AsyncPages, Page, Pages
from plexus_crm.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    PlexusError,
    Problem,
    StaleVersion,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from plexus_crm.seen import FileSeen, MemorySeen, Seen
from plexus_crm.webhooks import NotSigned, Receiver, Webhook

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "AsyncPages",
    "BadRequest",
    "Client",
    "Conflict",
    "Envelope",
    "Event",
    "FileSeen",
    "Forbidden",
    "Malformed",
    "MalformedEvent",
    "MemorySeen",
    "NotFound",
    "NotSigned",
    "Page",
    "Pages",
    "PlexusError",
    "Problem",
    "Receiver",
    "Seen",
    "StaleVersion",
    "TooLarge",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "UnknownEvent",
    "Unreachable",
    "Webhook",
    "is_sealed",
    "parse",
]
