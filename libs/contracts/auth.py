"""auth's events: one ordered stream, the directory, and beside it the mails that guard a sign-in.

All of the directory are of the one aggregate `directory`; `ce_sequence` is the directory version `dv`,
`ce_subject` the user, department, role, session, API key or signing key. auth publishes these nowhere else.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from libs.common.events import Event, Personal, State
from libs.contracts.mail import LinkMailRequested

DIRECTORY_ID = UUID("00000000-0000-7000-8000-0000000000d1")
DIRECTORY_TOPIC = "crm.auth.directory"


class EntryState(State):
    """What every entry of the directory has."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class UserState(EntryState):
    """A user; he is his own subject. A service account is one for programs: its manager answers for it."""

    subject_id: UUID
    email: Personal[str]
    name: Personal[str]
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: tuple[UUID, ...]
    locale: str
    time_zone: str
    is_active: bool
    is_service: bool = False
    external_system: str | None = None
    external_id: str | None = None


class DepartmentState(EntryState):
    """A node of the department tree."""

    name: str
    parent_id: UUID | None
    head_id: UUID | None
    external_system: str | None = None
    external_id: str | None = None


class RoleState(EntryState):
    """Permissions (`resource:action`) and the data scope of each, an open list.

    `fields` names what the role gives less of than writing, `kind.field`: hidden, masked or read.
    """

    name: str
    permissions: dict[str, str]
    fields: dict[str, str] = Field(default_factory=dict)
    external_system: str | None = None
    external_id: str | None = None


class SessionState(EntryState):
    """A revoked session; nothing needs to know of it any more after `forget_at`."""

    user_id: UUID
    revoked_at: datetime
    forget_at: datetime


class ApiKeyState(EntryState):
    """An API key: it acts for its user, within its scopes and within what his roles give him then."""

    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None = None
    expires_at: datetime | None = None
    replaces_id: UUID | None = None


class SigningKeyState(EntryState):
    """A public key (RFC 8037) that tokens may be signed with from `usable_from` on."""

    jwk: dict[str, Any]
    usable_from: datetime


class DirectoryFact(Event):
    """One change of the directory; `kind` says of what."""

    kind: ClassVar[str]

    directory_id: UUID = DIRECTORY_ID
    state: EntryState

    @property
    def subject(self) -> UUID:
        """The user, department, role, session, API key or signing key itself."""
        return self.state.id


class UserFact(DirectoryFact):
    """A change of one user."""

    kind: ClassVar[str] = "user"
    state: UserState


class UserInvited(UserFact, type="auth.directory.user_invited.v1", key="directory_id"):
    """A user was taken into the directory."""


class UserChanged(UserFact, type="auth.directory.user_changed.v1", key="directory_id"):
    """His profile, place or roles changed; `changed` names the fields."""

    changed: tuple[str, ...]


class UserDeactivated(UserFact, type="auth.directory.user_deactivated.v1", key="directory_id"):
    """He may do nothing any more."""


class UserReactivated(UserFact, type="auth.directory.user_reactivated.v1", key="directory_id"):
    """He may do again what his roles say."""


class DepartmentFact(DirectoryFact):
    """A change of one department."""

    kind: ClassVar[str] = "department"
    state: DepartmentState


class DepartmentCreated(DepartmentFact, type="auth.directory.department_created.v1", key="directory_id"):
    """A department was added to the tree."""


class DepartmentChanged(DepartmentFact, type="auth.directory.department_changed.v1", key="directory_id"):
    """Its name or head changed; `changed` names the fields."""

    changed: tuple[str, ...]


class DepartmentMoved(DepartmentFact, type="auth.directory.department_moved.v1", key="directory_id"):
    """It stands under another parent, with everything below it."""

    from_parent_id: UUID | None


class DepartmentDeleted(DepartmentFact, type="auth.directory.department_deleted.v1", key="directory_id"):
    """An empty department was taken out of the tree."""


class RoleFact(DirectoryFact):
    """A change of one role."""

    kind: ClassVar[str] = "role"
    state: RoleState


class RoleCreated(RoleFact, type="auth.directory.role_created.v1", key="directory_id"):
    """A role was defined."""


class RoleChanged(RoleFact, type="auth.directory.role_changed.v1", key="directory_id"):
    """Its name or permissions changed."""


class RoleDeleted(RoleFact, type="auth.directory.role_deleted.v1", key="directory_id"):
    """A role that nobody holds was removed."""


class SessionRevoked(DirectoryFact, type="auth.directory.session_revoked.v1", key="directory_id"):
    """No token of this session is worth anything any more."""

    kind: ClassVar[str] = "session"
    reason: str
    state: SessionState


class ApiKeyFact(DirectoryFact):
    """A change of one API key."""

    kind: ClassVar[str] = "api-key"
    state: ApiKeyState


class ApiKeyIssued(ApiKeyFact, type="auth.directory.api_key_issued.v1", key="directory_id"):
    """A key that programs may act with for a user."""


class ApiKeyReplaced(ApiKeyFact, type="auth.directory.api_key_replaced.v1", key="directory_id"):
    """Another key took its place; this one ends at the `expires_at` of its `state`."""


class ApiKeyRevoked(ApiKeyFact, type="auth.directory.api_key_revoked.v1", key="directory_id"):
    """Nothing can be done with this key any more; deleted in `state`."""


class SigningKeyPublished(DirectoryFact, type="auth.directory.signing_key_published.v1", key="directory_id"):
    """A key by which tokens will be signed from its `usable_from` on."""

    kind: ClassVar[str] = "signing-key"
    state: SigningKeyState


class SigningKeyRetired(DirectoryFact, type="auth.directory.signing_key_retired.v1", key="directory_id"):
    """No living token is signed with this key; deleted in `state`."""

    kind: ClassVar[str] = "signing-key"
    state: SigningKeyState


class SecurityMailState(State):
    """A mail to a user about his own sign-in; `kind` says which, an open list."""

    id: UUID
    user_id: UUID
    kind: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class SecurityMailRequested(
    LinkMailRequested, type="auth.security-mail.requested.v1", key="security_mail_id"
):
    """A user is to be written to: with a link of his own, or of what was done with his sign-in."""

    security_mail_id: UUID
    state: SecurityMailState
