"""What auth tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from plexus_crm.event import Event
from plexus_crm.model import Model


class ApiKeyState(Model):
    """An API key: it acts for its user, within its scopes and within what his roles give him then."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None = None
    expires_at: datetime | None = None
    replaces_id: UUID | None = None


class DepartmentState(Model):
    """A node of the department tree."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    name: str
    parent_id: UUID | None
    head_id: UUID | None
    external_system: str | None = None
    external_id: str | None = None


class RoleState(Model):
    """Permissions (`resource:action`) and the data scope of each, an open list. `fields` names what the role gives less of than writing, `kind.field`: hidden, masked or read."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    name: str
    permissions: dict[str, str]
    fields_: dict[str, str] | None = Field(default=None, alias="fields")
    external_system: str | None = None
    external_id: str | None = None


class SecurityMailState(Model):
    """A mail to a user about his own sign-in; `kind` says which, an open list."""

    id: UUID
    user_id: UUID
    kind: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class SessionState(Model):
    """A revoked session; nothing needs to know of it any more after `forget_at`."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    user_id: UUID
    revoked_at: datetime
    forget_at: datetime


class SigningKeyState(Model):
    """A public key (RFC 8037) that tokens may be signed with from `usable_from` on."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    jwk: dict[str, Any]
    usable_from: datetime


class SubjectKeyState(Model):
    """`wrapped` is the data key under a key-encryption key, and null once the subject is erased."""

    subject_id: UUID
    wrapped: str | None
    erased_at: datetime | None = None
    linked: tuple[UUID, ...] | None = None


class UserState(Model):
    """A user; he is his own subject. A service account is one for programs: its manager answers for it."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    subject_id: UUID
    email: str | None = None
    name: str | None = None
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: tuple[UUID, ...]
    locale: str
    time_zone: str
    is_active: bool
    is_service: bool | None = None
    external_system: str | None = None
    external_id: str | None = None


class ApiKeyIssued(
    Event, type="auth.directory.api_key_issued.v1", topic="crm.auth.directory", key="directory_id"
):
    """A key that programs may act with for a user."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: ApiKeyState


class ApiKeyReplaced(
    Event, type="auth.directory.api_key_replaced.v1", topic="crm.auth.directory", key="directory_id"
):
    """Another key took its place; this one ends at the `expires_at` of its `state`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: ApiKeyState


class ApiKeyRevoked(
    Event, type="auth.directory.api_key_revoked.v1", topic="crm.auth.directory", key="directory_id"
):
    """Nothing can be done with this key any more; deleted in `state`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: ApiKeyState


class DepartmentChanged(
    Event, type="auth.directory.department_changed.v1", topic="crm.auth.directory", key="directory_id"
):
    """Its name or head changed; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: DepartmentState
    changed: tuple[str, ...]


class DepartmentCreated(
    Event, type="auth.directory.department_created.v1", topic="crm.auth.directory", key="directory_id"
):
    """A department was added to the tree."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: DepartmentState


class DepartmentDeleted(
    Event, type="auth.directory.department_deleted.v1", topic="crm.auth.directory", key="directory_id"
):
    """An empty department was taken out of the tree."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: DepartmentState


class DepartmentMoved(
    Event, type="auth.directory.department_moved.v1", topic="crm.auth.directory", key="directory_id"
):
    """It stands under another parent, with everything below it."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: DepartmentState
    from_parent_id: UUID | None


class RoleChanged(
    Event, type="auth.directory.role_changed.v1", topic="crm.auth.directory", key="directory_id"
):
    """Its name or permissions changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: RoleState


class RoleCreated(
    Event, type="auth.directory.role_created.v1", topic="crm.auth.directory", key="directory_id"
):
    """A role was defined."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: RoleState


class RoleDeleted(
    Event, type="auth.directory.role_deleted.v1", topic="crm.auth.directory", key="directory_id"
):
    """A role that nobody holds was removed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: RoleState


class SessionRevoked(
    Event, type="auth.directory.session_revoked.v1", topic="crm.auth.directory", key="directory_id"
):
    """No token of this session is worth anything any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: SessionState
    reason: str


class SigningKeyPublished(
    Event, type="auth.directory.signing_key_published.v1", topic="crm.auth.directory", key="directory_id"
):
    """A key by which tokens will be signed from its `usable_from` on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: SigningKeyState


class SigningKeyRetired(
    Event, type="auth.directory.signing_key_retired.v1", topic="crm.auth.directory", key="directory_id"
):
    """No living token is signed with this key; deleted in `state`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: SigningKeyState


class UserChanged(
    Event, type="auth.directory.user_changed.v1", topic="crm.auth.directory", key="directory_id"
):
    """His profile, place or roles changed; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: UserState
    changed: tuple[str, ...]


class UserDeactivated(
    Event, type="auth.directory.user_deactivated.v1", topic="crm.auth.directory", key="directory_id"
):
    """He may do nothing any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: UserState


class UserInvited(
    Event, type="auth.directory.user_invited.v1", topic="crm.auth.directory", key="directory_id"
):
    """A user was taken into the directory."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: UserState


class UserReactivated(
    Event, type="auth.directory.user_reactivated.v1", topic="crm.auth.directory", key="directory_id"
):
    """He may do again what his roles say."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    directory_id: UUID | None = None
    state: UserState


class SecurityMailRequested(
    Event, type="auth.security-mail.requested.v1", topic="crm.auth.security-mail", key="security_mail_id"
):
    """A user is to be written to: with a link of his own, or of what was done with his sign-in."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    message_id: str
    subject_id: UUID
    contact_id: UUID | None = None
    purpose: str
    to: str | None = None
    subject_line: str | None = None
    text: str | None = None
    html: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    list_unsubscribe_url: str | None = None
    not_after: datetime
    link_opens: str | None = None
    link_id: UUID | None = None
    link_to: str | None = None
    security_mail_id: UUID
    state: SecurityMailState


class AuthSubjectErased(
    Event, type="auth.subject-key.erased.v1", topic="crm.auth.subject-key", key="subject_id"
):
    """auth forgot a user: whatever is sealed under his key is unreadable."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class AuthSubjectKeyMinted(
    Event, type="auth.subject-key.minted.v1", topic="crm.auth.subject-key", key="subject_id"
):
    """auth made a key for a user."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class AuthSubjectKeyRewrapped(
    Event, type="auth.subject-key.rewrapped.v1", topic="crm.auth.subject-key", key="subject_id"
):
    """The same key under a newer key-encryption key."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState
