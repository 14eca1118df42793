"""The API's resources, blocking; generated from the OpenAPI document by `python -m tests.sdk.write`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from plexus_crm.api import models
from plexus_crm.pages import ID, Pages, Resource

if TYPE_CHECKING:
    from plexus_crm.api import bodies


class Accounts(Resource):
    """/api/v1/accounts."""

    def list(self, **query: Unpack[bodies.AccountsListQuery]) -> Pages[models.AccountRead]:
        """Return a page of the accounts in scope."""
        return self._pages("/api/v1/accounts", models.AccountRead, models.AccountListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.AccountCreate]
    ) -> models.AccountCreated:
        """Take an account in, and tell which others it looks like."""
        return self._call(
            "POST", "/api/v1/accounts", key=idempotency_key, body=body, answer=models.AccountCreated
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchAccountCreate]
    ) -> models.BatchResults:
        """Take up to 200 accounts in, with a result for each."""
        return self._call(
            "POST", "/api/v1/accounts/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.AccountRead:
        """Put an account into the recycle bin."""
        return self._call("DELETE", f"/api/v1/accounts/{id}", version=version, answer=models.AccountRead)

    def get(self, id: ID, /) -> models.AccountRead:
        """Return one account."""
        return self._call("GET", f"/api/v1/accounts/{id}", answer=models.AccountRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.AccountUpdate]) -> models.AccountRead:
        """Change facts of an account."""
        return self._call(
            "PATCH", f"/api/v1/accounts/{id}", version=version, body=body, answer=models.AccountRead
        )

    def collaborators(self, id: ID, /) -> models.Collaborators:
        """Return everybody with whom a record is shared."""
        return self._call("GET", f"/api/v1/accounts/{id}/collaborators", answer=models.Collaborators)

    def remove_collaborator(self, id: ID, user_id: ID, /, *, version: int) -> models.Collaborators:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        return self._call(
            "DELETE",
            f"/api/v1/accounts/{id}/collaborators/{user_id}",
            version=version,
            answer=models.Collaborators,
        )

    def set_collaborator(
        self, id: ID, user_id: ID, /, *, version: int, **body: Unpack[bodies.CollaboratorPut]
    ) -> models.Collaborators:
        """Share a record with a user, or change how far and how long."""
        return self._call(
            "PUT",
            f"/api/v1/accounts/{id}/collaborators/{user_id}",
            version=version,
            body=body,
            answer=models.Collaborators,
        )

    def duplicates(self, id: ID, /) -> models.CustomerDuplicates:
        """Return the accounts that this one looks like, and why."""
        return self._call("GET", f"/api/v1/accounts/{id}/duplicates", answer=models.CustomerDuplicates)

    def merge(
        self,
        id: ID,
        /,
        *,
        idempotency_key: str | None = None,
        **body: Unpack[bodies.CustomerAccountsMergeInto],
    ) -> models.AccountRead:
        """Let an account live on in another; links to it are not rewritten, so this can be undone."""
        return self._call(
            "POST", f"/api/v1/accounts/{id}/merge", key=idempotency_key, body=body, answer=models.AccountRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.AccountRead:
        """Take an account out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/accounts/{id}/restore", key=idempotency_key, answer=models.AccountRead
        )

    def unmerge(self, id: ID, /, *, idempotency_key: str | None = None) -> models.AccountRead:
        """Undo a merge."""
        return self._call(
            "POST", f"/api/v1/accounts/{id}/unmerge", key=idempotency_key, answer=models.AccountRead
        )


class Activities(Resource):
    """/api/v1/activities."""

    def list(self, **query: Unpack[bodies.ActivitiesListQuery]) -> Pages[models.ActivityRead]:
        """Return a page of the activities in scope."""
        return self._pages("/api/v1/activities", models.ActivityRead, models.ActivityListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ActivityCreate]
    ) -> models.ActivityRead:
        """Plan something, or log what was done."""
        return self._call(
            "POST", "/api/v1/activities", key=idempotency_key, body=body, answer=models.ActivityRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchActivityCreate]
    ) -> models.BatchResults:
        """Write up to 200 activities down, with a result for each."""
        return self._call(
            "POST", "/api/v1/activities/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.ActivityRead:
        """Put an activity into the recycle bin."""
        return self._call("DELETE", f"/api/v1/activities/{id}", version=version, answer=models.ActivityRead)

    def get(self, id: ID, /) -> models.ActivityRead:
        """Return one activity."""
        return self._call("GET", f"/api/v1/activities/{id}", answer=models.ActivityRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.ActivityUpdate]
    ) -> models.ActivityRead:
        """Change facts of an activity."""
        return self._call(
            "PATCH", f"/api/v1/activities/{id}", version=version, body=body, answer=models.ActivityRead
        )

    def complete(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Complete]
    ) -> models.ActivityRead:
        """Mark an activity as done, with its outcome."""
        return self._call(
            "POST",
            f"/api/v1/activities/{id}/complete",
            key=idempotency_key,
            body=body,
            answer=models.ActivityRead,
        )

    def reopen(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ActivityRead:
        """Mark an activity as to be done after all."""
        return self._call(
            "POST", f"/api/v1/activities/{id}/reopen", key=idempotency_key, answer=models.ActivityRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ActivityRead:
        """Take an activity out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/activities/{id}/restore", key=idempotency_key, answer=models.ActivityRead
        )


class ApiKeys(Resource):
    """/api/v1/api-keys."""

    def list(self, **query: Unpack[bodies.ApiKeysListQuery]) -> Pages[models.ApiKeyRead]:
        """Return a page of the API keys in scope."""
        return self._pages("/api/v1/api-keys", models.ApiKeyRead, models.ApiKeyListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ApiKeyCreate]
    ) -> models.ApiKeyIssued:
        """Make a key for yourself or a service account; its secret is in this answer alone."""
        return self._call(
            "POST", "/api/v1/api-keys", key=idempotency_key, body=body, answer=models.ApiKeyIssued
        )

    def get(self, id: ID, /) -> models.ApiKeyRead:
        """Return one API key, without its secret."""
        return self._call("GET", f"/api/v1/api-keys/{id}", answer=models.ApiKeyRead)

    def revoke(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ApiKeyRead:
        """End a key at once and everywhere."""
        return self._call(
            "POST", f"/api/v1/api-keys/{id}/revoke", key=idempotency_key, answer=models.ApiKeyRead
        )

    def rotate(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.ApiKeyRotate]
    ) -> models.ApiKeyIssued:
        """Put a new key in the place of one, which stays good for the overlap; both are in the list."""
        return self._call(
            "POST",
            f"/api/v1/api-keys/{id}/rotate",
            key=idempotency_key,
            body=body,
            answer=models.ApiKeyIssued,
        )


class Audit(Resource):
    """/api/v1/audit."""

    def analytics(self, **query: Unpack[bodies.AuditAnalyticsQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/analytics", models.AuditListItem, models.AuditListItem, query=query)

    def analytics_export(self, **query: Unpack[bodies.AuditAnalyticsExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/analytics/export", query=query, answer=bytes)

    def auth(self, **query: Unpack[bodies.AuditAuthQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/auth", models.AuditListItem, models.AuditListItem, query=query)

    def auth_export(self, **query: Unpack[bodies.AuditAuthExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/auth/export", query=query, answer=bytes)

    def customer(self, **query: Unpack[bodies.AuditCustomerQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/customer", models.AuditListItem, models.AuditListItem, query=query)

    def customer_export(self, **query: Unpack[bodies.AuditCustomerExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/customer/export", query=query, answer=bytes)

    def integration(self, **query: Unpack[bodies.AuditIntegrationQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages(
            "/api/v1/audit/integration", models.AuditListItem, models.AuditListItem, query=query
        )

    def integration_export(self, **query: Unpack[bodies.AuditIntegrationExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/integration/export", query=query, answer=bytes)

    def marketing(self, **query: Unpack[bodies.AuditMarketingQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/marketing", models.AuditListItem, models.AuditListItem, query=query)

    def marketing_export(self, **query: Unpack[bodies.AuditMarketingExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/marketing/export", query=query, answer=bytes)

    def sales(self, **query: Unpack[bodies.AuditSalesQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/sales", models.AuditListItem, models.AuditListItem, query=query)

    def sales_export(self, **query: Unpack[bodies.AuditSalesExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/sales/export", query=query, answer=bytes)

    def ticketing(self, **query: Unpack[bodies.AuditTicketingQuery]) -> Pages[models.AuditListItem]:
        """Return a page of what was done, the newest first."""
        return self._pages("/api/v1/audit/ticketing", models.AuditListItem, models.AuditListItem, query=query)

    def ticketing_export(self, **query: Unpack[bodies.AuditTicketingExportQuery]) -> bytes:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        return self._call("GET", "/api/v1/audit/ticketing/export", query=query, answer=bytes)


class Auth(Resource):
    """/api/v1/auth."""

    def jwks(self) -> models.KeySet:
        """Return the public keys that access tokens are signed with."""
        return self._call("GET", "/api/v1/auth/jwks", answer=models.KeySet)

    def me(self) -> models.Me:
        """Return the signed-in user, and how far each of his permissions reaches."""
        return self._call("GET", "/api/v1/auth/me", answer=models.Me)

    def password(self, *, idempotency_key: str | None = None, **body: Unpack[bodies.PasswordChange]) -> None:
        """Change your own password; all your sessions end, this one too."""
        self._call("POST", "/api/v1/auth/password", key=idempotency_key, body=body, answer=None)

    def password_reset(self, **body: Unpack[bodies.PasswordResetAsk]) -> None:
        """Have a link mailed by which a new password can be set, if there is such a user."""
        self._call("POST", "/api/v1/auth/password-reset", body=body, answer=None)

    def password_reset_confirm(self, **body: Unpack[bodies.PasswordResetConfirm]) -> None:
        """Set a password by a mailed link, a reset's or an invitation's; it works once, and ends all sessions."""
        self._call("POST", "/api/v1/auth/password-reset/confirm", body=body, answer=None)

    def refresh(self, **body: Unpack[bodies.Refresh]) -> models.Tokens:
        """Exchange a refresh token for new tokens; using an old one again ends the session."""
        return self._call("POST", "/api/v1/auth/refresh", body=body, answer=models.Tokens)

    def second_factor(self) -> models.SecondFactorRead:
        """Return whether a sign-in asks you for a code, and how many recovery codes are left."""
        return self._call("GET", "/api/v1/auth/second-factor", answer=models.SecondFactorRead)

    def second_factor_begin(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SecondFactorBegin]
    ) -> models.Enrollment:
        """Set up an authenticator app; nothing asks for its codes until you have confirmed one."""
        return self._call(
            "POST",
            "/api/v1/auth/second-factor/begin",
            key=idempotency_key,
            body=body,
            answer=models.Enrollment,
        )

    def second_factor_confirm(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SecondFactorConfirm]
    ) -> models.RecoveryCodes:
        """Turn the second factor on by a code of the app, and get the recovery codes."""
        return self._call(
            "POST",
            "/api/v1/auth/second-factor/confirm",
            key=idempotency_key,
            body=body,
            answer=models.RecoveryCodes,
        )

    def second_factor_end(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SecondFactorProof]
    ) -> None:
        """Turn the second factor off."""
        self._call("POST", "/api/v1/auth/second-factor/end", key=idempotency_key, body=body, answer=None)

    def second_factor_recovery_codes(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SecondFactorProof]
    ) -> models.RecoveryCodes:
        """Get new recovery codes in place of all earlier ones."""
        return self._call(
            "POST",
            "/api/v1/auth/second-factor/recovery-codes",
            key=idempotency_key,
            body=body,
            answer=models.RecoveryCodes,
        )

    def sessions(self) -> models.Devices:
        """Return your open sessions: the devices that you are signed in on."""
        return self._call("GET", "/api/v1/auth/sessions", answer=models.Devices)

    def sessions_revoke_others(self, *, idempotency_key: str | None = None) -> None:
        """End all your sessions but this one, everywhere."""
        self._call("POST", "/api/v1/auth/sessions/revoke-others", key=idempotency_key, answer=None)

    def sessions_revoke(self, id: ID, /, *, idempotency_key: str | None = None) -> None:
        """End one of your sessions everywhere."""
        self._call("POST", f"/api/v1/auth/sessions/{id}/revoke", key=idempotency_key, answer=None)

    def sign_in(self, **body: Unpack[bodies.SignIn]) -> models.Tokens:
        """Exchange an e-mail address and a password, and a code where one is asked for, for tokens."""
        return self._call("POST", "/api/v1/auth/sign-in", body=body, answer=models.Tokens)

    def sign_out(self, *, idempotency_key: str | None = None) -> None:
        """End this session everywhere."""
        self._call("POST", "/api/v1/auth/sign-out", key=idempotency_key, answer=None)

    def web_sign_in(self, **body: Unpack[bodies.SignIn]) -> models.BrowserSession:
        """Open a session for a browser: the credential is a cookie that no script can read."""
        return self._call("POST", "/api/v1/auth/web/sign-in", body=body, answer=models.BrowserSession)

    def web_sign_out(self, *, idempotency_key: str | None = None) -> None:
        """End this browser's session everywhere, and take its cookie away."""
        self._call("POST", "/api/v1/auth/web/sign-out", key=idempotency_key, answer=None)


class Calendars(Resource):
    """/api/v1/calendars."""

    def list(self, **query: Unpack[bodies.CalendarsListQuery]) -> Pages[models.CalendarRead]:
        """Return a page of calendars."""
        return self._pages("/api/v1/calendars", models.CalendarRead, models.CalendarListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.CalendarCreate]
    ) -> models.CalendarRead:
        """Add a calendar."""
        return self._call(
            "POST", "/api/v1/calendars", key=idempotency_key, body=body, answer=models.CalendarRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchCalendarCreate]
    ) -> models.BatchResults:
        """Add up to 200 calendars, with a result for each."""
        return self._call(
            "POST", "/api/v1/calendars/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.CalendarRead:
        """Put a calendar into the recycle bin."""
        return self._call("DELETE", f"/api/v1/calendars/{id}", version=version, answer=models.CalendarRead)

    def get(self, id: ID, /) -> models.CalendarRead:
        """Return one calendar."""
        return self._call("GET", f"/api/v1/calendars/{id}", answer=models.CalendarRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.CalendarUpdate]
    ) -> models.CalendarRead:
        """Change facts of a calendar."""
        return self._call(
            "PATCH", f"/api/v1/calendars/{id}", version=version, body=body, answer=models.CalendarRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CalendarRead:
        """Take a calendar out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/calendars/{id}/restore", key=idempotency_key, answer=models.CalendarRead
        )


class Campaigns(Resource):
    """/api/v1/campaigns."""

    def list(self, **query: Unpack[bodies.CampaignsListQuery]) -> Pages[models.CampaignRead]:
        """Return a page of the campaigns in scope, with what came of each so far."""
        return self._pages("/api/v1/campaigns", models.CampaignRead, models.CampaignListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.CampaignCreate]
    ) -> models.CampaignRead:
        """Prepare a campaign."""
        return self._call(
            "POST", "/api/v1/campaigns", key=idempotency_key, body=body, answer=models.CampaignRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchCampaignCreate]
    ) -> models.BatchResults:
        """Prepare up to 200 campaigns, with a result for each."""
        return self._call(
            "POST", "/api/v1/campaigns/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.CampaignRead:
        """Put a campaign that is not under way into the recycle bin."""
        return self._call("DELETE", f"/api/v1/campaigns/{id}", version=version, answer=models.CampaignRead)

    def get(self, id: ID, /) -> models.CampaignRead:
        """Return one campaign, with what came of its members so far."""
        return self._call("GET", f"/api/v1/campaigns/{id}", answer=models.CampaignRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.CampaignUpdate]
    ) -> models.CampaignRead:
        """Change a campaign before it begins."""
        return self._call(
            "PATCH", f"/api/v1/campaigns/{id}", version=version, body=body, answer=models.CampaignRead
        )

    def cancel(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CampaignRead:
        """End a campaign before its time; who was not mailed yet will not be."""
        return self._call(
            "POST", f"/api/v1/campaigns/{id}/cancel", key=idempotency_key, answer=models.CampaignRead
        )

    def launch(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CampaignRead:
        """Begin with those who are in the segment now; a campaign with a later hour waits for it."""
        return self._call(
            "POST", f"/api/v1/campaigns/{id}/launch", key=idempotency_key, answer=models.CampaignRead
        )

    def members(
        self, id: ID, /, **query: Unpack[bodies.CampaignsMembersQuery]
    ) -> Pages[models.CampaignMemberListItem]:
        """Return a page of a campaign's members, with what came of each mail."""
        return self._pages(
            f"/api/v1/campaigns/{id}/members",
            models.CampaignMemberListItem,
            models.CampaignMemberListItem,
            query=query,
        )

    def pause(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CampaignRead:
        """Ask for no more mails until the campaign is resumed."""
        return self._call(
            "POST", f"/api/v1/campaigns/{id}/pause", key=idempotency_key, answer=models.CampaignRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CampaignRead:
        """Take a campaign out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/campaigns/{id}/restore", key=idempotency_key, answer=models.CampaignRead
        )

    def resume(self, id: ID, /, *, idempotency_key: str | None = None) -> models.CampaignRead:
        """Let a paused campaign go on."""
        return self._call(
            "POST", f"/api/v1/campaigns/{id}/resume", key=idempotency_key, answer=models.CampaignRead
        )


class Consents(Resource):
    """/api/v1/consents."""

    def list(self, **query: Unpack[bodies.ConsentsListQuery]) -> Pages[models.ConsentRead]:
        """Return a page of what the contacts in scope said last."""
        return self._pages("/api/v1/consents", models.ConsentRead, models.ConsentListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ConsentGive]
    ) -> models.ConsentRead:
        """Note that a contact agreed to a purpose on a channel."""
        return self._call(
            "POST", "/api/v1/consents", key=idempotency_key, body=body, answer=models.ConsentRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchConsentGive]
    ) -> models.BatchResults:
        """Note up to 200 consents, with a result for each."""
        return self._call(
            "POST", "/api/v1/consents/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def withdraw(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ConsentWithdraw]
    ) -> models.ConsentRead:
        """Note that a contact objects to a purpose on a channel."""
        return self._call(
            "POST", "/api/v1/consents/withdraw", key=idempotency_key, body=body, answer=models.ConsentRead
        )

    def get(self, id: ID, /) -> models.ConsentRead:
        """Return one consent."""
        return self._call("GET", f"/api/v1/consents/{id}", answer=models.ConsentRead)


class Contacts(Resource):
    """/api/v1/contacts."""

    def list(self, **query: Unpack[bodies.ContactsListQuery]) -> Pages[models.ContactRead]:
        """Return a page of the contacts in scope."""
        return self._pages("/api/v1/contacts", models.ContactRead, models.ContactListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ContactCreate]
    ) -> models.ContactCreated:
        """Take a contact in, and tell which others he looks like."""
        return self._call(
            "POST", "/api/v1/contacts", key=idempotency_key, body=body, answer=models.ContactCreated
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchContactCreate]
    ) -> models.BatchResults:
        """Take up to 200 contacts in, with a result for each."""
        return self._call(
            "POST", "/api/v1/contacts/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.ContactRead:
        """Put a contact into the recycle bin."""
        return self._call("DELETE", f"/api/v1/contacts/{id}", version=version, answer=models.ContactRead)

    def get(self, id: ID, /) -> models.ContactRead:
        """Return one contact."""
        return self._call("GET", f"/api/v1/contacts/{id}", answer=models.ContactRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.ContactUpdate]) -> models.ContactRead:
        """Change facts of a contact."""
        return self._call(
            "PATCH", f"/api/v1/contacts/{id}", version=version, body=body, answer=models.ContactRead
        )

    def collaborators(self, id: ID, /) -> models.Collaborators:
        """Return everybody with whom a record is shared."""
        return self._call("GET", f"/api/v1/contacts/{id}/collaborators", answer=models.Collaborators)

    def remove_collaborator(self, id: ID, user_id: ID, /, *, version: int) -> models.Collaborators:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        return self._call(
            "DELETE",
            f"/api/v1/contacts/{id}/collaborators/{user_id}",
            version=version,
            answer=models.Collaborators,
        )

    def set_collaborator(
        self, id: ID, user_id: ID, /, *, version: int, **body: Unpack[bodies.CollaboratorPut]
    ) -> models.Collaborators:
        """Share a record with a user, or change how far and how long."""
        return self._call(
            "PUT",
            f"/api/v1/contacts/{id}/collaborators/{user_id}",
            version=version,
            body=body,
            answer=models.Collaborators,
        )

    def consents(
        self, id: ID, /, **query: Unpack[bodies.ContactsConsentsQuery]
    ) -> Pages[models.ConsentEntryListItem]:
        """Return a page of everything that one contact ever agreed or objected to, the newest first."""
        return self._pages(
            f"/api/v1/contacts/{id}/consents",
            models.ConsentEntryListItem,
            models.ConsentEntryListItem,
            query=query,
        )

    def duplicates(self, id: ID, /) -> models.CustomerDuplicates:
        """Return the contacts that this one looks like, and why."""
        return self._call("GET", f"/api/v1/contacts/{id}/duplicates", answer=models.CustomerDuplicates)

    def erase(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ContactRead:
        """Forget the person, here and everywhere, for good."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/erase", key=idempotency_key, answer=models.ContactRead
        )

    def merge(
        self,
        id: ID,
        /,
        *,
        idempotency_key: str | None = None,
        **body: Unpack[bodies.CustomerContactsMergeInto],
    ) -> models.ContactRead:
        """Let a contact live on in another; links to him are not rewritten, so this can be undone."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/merge", key=idempotency_key, body=body, answer=models.ContactRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ContactRead:
        """Take a contact out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/restore", key=idempotency_key, answer=models.ContactRead
        )

    def reveal(
        self, id: ID, /, *, idempotency_key: str | None = None, **query: Unpack[bodies.ContactsRevealQuery]
    ) -> models.Revealed:
        """Show the phone, or another masked field, in the clear; the audit trail keeps who saw it."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/reveal", key=idempotency_key, query=query, answer=models.Revealed
        )

    def unmerge(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ContactRead:
        """Undo a merge."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/unmerge", key=idempotency_key, answer=models.ContactRead
        )


class Departments(Resource):
    """/api/v1/departments."""

    def list(self, **query: Unpack[bodies.DepartmentsListQuery]) -> Pages[models.DepartmentRead]:
        """Return a page of departments."""
        return self._pages(
            "/api/v1/departments", models.DepartmentRead, models.DepartmentListItem, query=query
        )

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.DepartmentCreate]
    ) -> models.DepartmentRead:
        """Add a department to the tree."""
        return self._call(
            "POST", "/api/v1/departments", key=idempotency_key, body=body, answer=models.DepartmentRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchDepartmentCreate]
    ) -> models.BatchResults:
        """Add up to 200 departments, with a result for each."""
        return self._call(
            "POST", "/api/v1/departments/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.DepartmentRead:
        """Take an empty department out of the tree."""
        return self._call(
            "DELETE", f"/api/v1/departments/{id}", version=version, answer=models.DepartmentRead
        )

    def get(self, id: ID, /) -> models.DepartmentRead:
        """Return one department."""
        return self._call("GET", f"/api/v1/departments/{id}", answer=models.DepartmentRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.DepartmentUpdate]
    ) -> models.DepartmentRead:
        """Rename a department, or give it another head."""
        return self._call(
            "PATCH", f"/api/v1/departments/{id}", version=version, body=body, answer=models.DepartmentRead
        )

    def move(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.DepartmentMove]
    ) -> models.DepartmentRead:
        """Put a department, with everything below it, under another parent."""
        return self._call(
            "POST",
            f"/api/v1/departments/{id}/move",
            key=idempotency_key,
            body=body,
            answer=models.DepartmentRead,
        )


class Events(Resource):
    """/api/v1/events."""

    def list(self, **query: Unpack[bodies.EventsListQuery]) -> models.Feed:
        """Return events of records that the caller may read, in order per aggregate."""
        return self._call("GET", "/api/v1/events", query=query, answer=models.Feed)


class Imports(Resource):
    """/api/v1/imports."""

    def list(self, **query: Unpack[bodies.ImportsListQuery]) -> Pages[models.ImportListItem]:
        """Return a page of the imports in scope."""
        return self._pages("/api/v1/imports", models.ImportListItem, models.ImportListItem, query=query)

    def create(
        self, file: bytes, *, idempotency_key: str | None = None, **query: Unpack[bodies.ImportsCreateQuery]
    ) -> models.ImportDetail:
        """Take in a table of contacts or accounts, .csv or .xlsx; nothing is made of it until it is started."""
        return self._call(
            "POST", "/api/v1/imports", key=idempotency_key, file=file, query=query, answer=models.ImportDetail
        )

    def template(self, **query: Unpack[bodies.ImportsTemplateQuery]) -> bytes:
        """Return an empty workbook whose columns are recognised, in the caller's language."""
        return self._call("GET", "/api/v1/imports/template", query=query, answer=bytes)

    def get(self, id: ID, /) -> models.ImportDetail:
        """Return one import: how far it has come, and to its owner what the file looks like."""
        return self._call("GET", f"/api/v1/imports/{id}", answer=models.ImportDetail)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.ImportUpdate]) -> models.ImportDetail:
        """Say which column fills which field, what finds a record again, and what happens to it then."""
        return self._call(
            "PATCH", f"/api/v1/imports/{id}", version=version, body=body, answer=models.ImportDetail
        )

    def cancel(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ImportDetail:
        """End an import for good; what was taken in stays."""
        return self._call(
            "POST", f"/api/v1/imports/{id}/cancel", key=idempotency_key, answer=models.ImportDetail
        )

    def dry_run(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ImportDetail:
        """Try every row in the background, and keep nothing but the counts and the refused rows."""
        return self._call(
            "POST", f"/api/v1/imports/{id}/dry-run", key=idempotency_key, answer=models.ImportDetail
        )

    def errors(self, id: ID, /, **query: Unpack[bodies.ImportsErrorsQuery]) -> bytes:
        """Return up to 20,000 refused rows behind row `after` with the reason of each, as they were sent."""
        return self._call("GET", f"/api/v1/imports/{id}/errors", query=query, answer=bytes)

    def start(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ImportDetail:
        """Take the rows in, in the background; an import that was stopped goes on where it stands."""
        return self._call(
            "POST", f"/api/v1/imports/{id}/start", key=idempotency_key, answer=models.ImportDetail
        )


class Leads(Resource):
    """/api/v1/leads."""

    def list(self, **query: Unpack[bodies.LeadsListQuery]) -> Pages[models.LeadRead]:
        """Return a page of the leads in scope."""
        return self._pages("/api/v1/leads", models.LeadRead, models.LeadListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.LeadCreate]
    ) -> models.CapturedLead:
        """Take a lead in, and tell which others it looks like."""
        return self._call("POST", "/api/v1/leads", key=idempotency_key, body=body, answer=models.CapturedLead)

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchLeadCreate]
    ) -> models.BatchResults:
        """Take up to 200 leads in, with a result for each."""
        return self._call(
            "POST", "/api/v1/leads/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.LeadRead:
        """Put a lead into the recycle bin."""
        return self._call("DELETE", f"/api/v1/leads/{id}", version=version, answer=models.LeadRead)

    def get(self, id: ID, /) -> models.LeadRead:
        """Return one lead."""
        return self._call("GET", f"/api/v1/leads/{id}", answer=models.LeadRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.LeadUpdate]) -> models.LeadRead:
        """Change facts of a lead, or its owner."""
        return self._call("PATCH", f"/api/v1/leads/{id}", version=version, body=body, answer=models.LeadRead)

    def collaborators(self, id: ID, /) -> models.Collaborators:
        """Return everybody with whom a record is shared."""
        return self._call("GET", f"/api/v1/leads/{id}/collaborators", answer=models.Collaborators)

    def remove_collaborator(self, id: ID, user_id: ID, /, *, version: int) -> models.Collaborators:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        return self._call(
            "DELETE",
            f"/api/v1/leads/{id}/collaborators/{user_id}",
            version=version,
            answer=models.Collaborators,
        )

    def set_collaborator(
        self, id: ID, user_id: ID, /, *, version: int, **body: Unpack[bodies.CollaboratorPut]
    ) -> models.Collaborators:
        """Share a record with a user, or change how far and how long."""
        return self._call(
            "PUT",
            f"/api/v1/leads/{id}/collaborators/{user_id}",
            version=version,
            body=body,
            answer=models.Collaborators,
        )

    def convert(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Convert]
    ) -> models.Converted:
        """Make account, contact and, when asked, opportunity of a lead."""
        return self._call(
            "POST", f"/api/v1/leads/{id}/convert", key=idempotency_key, body=body, answer=models.Converted
        )

    def duplicates(self, id: ID, /) -> models.SalesDuplicates:
        """Return the leads that this one looks like, and why."""
        return self._call("GET", f"/api/v1/leads/{id}/duplicates", answer=models.SalesDuplicates)

    def erase(self, id: ID, /, *, idempotency_key: str | None = None) -> models.LeadRead:
        """Forget the person, here and everywhere, for good."""
        return self._call("POST", f"/api/v1/leads/{id}/erase", key=idempotency_key, answer=models.LeadRead)

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.LeadRead:
        """Take a lead out of the recycle bin."""
        return self._call("POST", f"/api/v1/leads/{id}/restore", key=idempotency_key, answer=models.LeadRead)

    def reveal(
        self, id: ID, /, *, idempotency_key: str | None = None, **query: Unpack[bodies.LeadsRevealQuery]
    ) -> models.Revealed:
        """Show the phone, or another masked field, in the clear; the audit trail keeps who saw it."""
        return self._call(
            "POST", f"/api/v1/leads/{id}/reveal", key=idempotency_key, query=query, answer=models.Revealed
        )


class Messages(Resource):
    """/api/v1/messages."""

    def list(self, **query: Unpack[bodies.MessagesListQuery]) -> Pages[models.MessageRead]:
        """Return a page of the messages in scope: what was to leave the house, and what became of it."""
        return self._pages("/api/v1/messages", models.MessageRead, models.MessageListItem, query=query)

    def get(self, id: ID, /) -> models.MessageRead:
        """Return one message."""
        return self._call("GET", f"/api/v1/messages/{id}", answer=models.MessageRead)

    def cancel(self, id: ID, /, *, idempotency_key: str | None = None) -> models.MessageRead:
        """Keep a message that still waits in the house."""
        return self._call(
            "POST", f"/api/v1/messages/{id}/cancel", key=idempotency_key, answer=models.MessageRead
        )


class Metrics(Resource):
    """/api/v1/metrics."""

    def campaigns(self, **query: Unpack[bodies.MetricsCampaignsQuery]) -> models.CampaignResults:
        """Return what came of each campaign in scope, the newest first."""
        return self._call("GET", "/api/v1/metrics/campaigns", query=query, answer=models.CampaignResults)

    def csat(self, **query: Unpack[bodies.MetricsCsatQuery]) -> models.CsatReport:
        """Return how content customers were."""
        return self._call("GET", "/api/v1/metrics/csat", query=query, answer=models.CsatReport)

    def funnel(self, **query: Unpack[bodies.MetricsFunnelQuery]) -> models.Funnel:
        """Return the funnel of the opportunities in scope, by the days on which stages were entered."""
        return self._call("GET", "/api/v1/metrics/funnel", query=query, answer=models.Funnel)

    def sales_performance(self, **query: Unpack[bodies.MetricsSalesPerformanceQuery]) -> models.Performance:
        """Return counts and amounts of the opportunities in scope, where they stand now."""
        return self._call("GET", "/api/v1/metrics/sales-performance", query=query, answer=models.Performance)

    def sales_performance_records(
        self, **query: Unpack[bodies.MetricsSalesPerformanceRecordsQuery]
    ) -> Pages[models.OpportunityRecordListItem]:
        """Return a page of the opportunities behind the figures."""
        return self._pages(
            "/api/v1/metrics/sales-performance/records",
            models.OpportunityRecordListItem,
            models.OpportunityRecordListItem,
            query=query,
        )

    def sla(self, **query: Unpack[bodies.MetricsSlaQuery]) -> models.SlaReport:
        """Return how the promises of the SLA policies were kept."""
        return self._call("GET", "/api/v1/metrics/sla", query=query, answer=models.SlaReport)

    def tickets(self, **query: Unpack[bodies.MetricsTicketsQuery]) -> models.TicketVolumes:
        """Return how many tickets came, were solved and came back, and how long that took."""
        return self._call("GET", "/api/v1/metrics/tickets", query=query, answer=models.TicketVolumes)


class Notifications(Resource):
    """/api/v1/notifications."""

    def list(self, **query: Unpack[bodies.NotificationsListQuery]) -> Pages[models.NotificationRead]:
        """Return a page of one's own notifications."""
        return self._pages(
            "/api/v1/notifications", models.NotificationRead, models.NotificationListItem, query=query
        )

    def read_all(self, *, idempotency_key: str | None = None) -> models.Unread:
        """Note that one has looked at everything; the answer says how many are left for another call."""
        return self._call("POST", "/api/v1/notifications/read-all", key=idempotency_key, answer=models.Unread)

    def unread_count(self) -> models.Unread:
        """Return how many of one's own notifications are unread."""
        return self._call("GET", "/api/v1/notifications/unread-count", answer=models.Unread)

    def get(self, id: ID, /) -> models.NotificationRead:
        """Return one of one's own notifications."""
        return self._call("GET", f"/api/v1/notifications/{id}", answer=models.NotificationRead)

    def read(self, id: ID, /, *, idempotency_key: str | None = None) -> models.NotificationRead:
        """Note that one has looked at it."""
        return self._call(
            "POST", f"/api/v1/notifications/{id}/read", key=idempotency_key, answer=models.NotificationRead
        )


class Operations(Resource):
    """/api/v1/operations."""

    def analytics(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/analytics", answer=models.EventPath)

    def analytics_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/analytics/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def analytics_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/analytics/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def analytics_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/analytics/set-aside", answer=models.SetAside)

    def analytics_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/analytics/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def auth(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/auth", answer=models.EventPath)

    def auth_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST", "/api/v1/operations/auth/discard", key=idempotency_key, body=body, answer=models.ParkedKey
        )

    def auth_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST", "/api/v1/operations/auth/redrive", key=idempotency_key, body=body, answer=models.ParkedKey
        )

    def auth_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/auth/set-aside", answer=models.SetAside)

    def auth_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/auth/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def customer(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/customer", answer=models.EventPath)

    def customer_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/customer/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def customer_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/customer/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def customer_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/customer/set-aside", answer=models.SetAside)

    def customer_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/customer/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def integration(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/integration", answer=models.EventPath)

    def integration_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/integration/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def integration_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/integration/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def integration_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/integration/set-aside", answer=models.SetAside)

    def integration_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/integration/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def marketing(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/marketing", answer=models.EventPath)

    def marketing_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/marketing/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def marketing_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/marketing/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def marketing_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/marketing/set-aside", answer=models.SetAside)

    def marketing_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/marketing/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def sales(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/sales", answer=models.EventPath)

    def sales_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/sales/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def sales_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/sales/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def sales_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/sales/set-aside", answer=models.SetAside)

    def sales_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/sales/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )

    def ticketing(self) -> models.EventPath:
        """Return how far every event has come."""
        return self._call("GET", "/api/v1/operations/ticketing", answer=models.EventPath)

    def ticketing_discard(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Discard]
    ) -> models.ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        return self._call(
            "POST",
            "/api/v1/operations/ticketing/discard",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def ticketing_redrive(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ParkedKey]
    ) -> models.ParkedKey:
        """Let the worker try a parked key again now."""
        return self._call(
            "POST",
            "/api/v1/operations/ticketing/redrive",
            key=idempotency_key,
            body=body,
            answer=models.ParkedKey,
        )

    def ticketing_set_aside(self) -> models.SetAside:
        """Return parked and blocked keys with their reasons."""
        return self._call("GET", "/api/v1/operations/ticketing/set-aside", answer=models.SetAside)

    def ticketing_unblock(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BlockedKey]
    ) -> models.BlockedKey:
        """Let the relay send a key again that the broker refused."""
        return self._call(
            "POST",
            "/api/v1/operations/ticketing/unblock",
            key=idempotency_key,
            body=body,
            answer=models.BlockedKey,
        )


class Opportunities(Resource):
    """/api/v1/opportunities."""

    def list(self, **query: Unpack[bodies.OpportunitiesListQuery]) -> Pages[models.OpportunityRead]:
        """Return a page of the opportunities in scope."""
        return self._pages(
            "/api/v1/opportunities", models.OpportunityRead, models.OpportunityListItem, query=query
        )

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.OpportunityCreate]
    ) -> models.OpportunityRead:
        """Open an opportunity."""
        return self._call(
            "POST", "/api/v1/opportunities", key=idempotency_key, body=body, answer=models.OpportunityRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchOpportunityCreate]
    ) -> models.BatchResults:
        """Open up to 200 opportunities, with a result for each."""
        return self._call(
            "POST", "/api/v1/opportunities/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.OpportunityRead:
        """Put an opportunity into the recycle bin."""
        return self._call(
            "DELETE", f"/api/v1/opportunities/{id}", version=version, answer=models.OpportunityRead
        )

    def get(self, id: ID, /) -> models.OpportunityRead:
        """Return one opportunity."""
        return self._call("GET", f"/api/v1/opportunities/{id}", answer=models.OpportunityRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.OpportunityUpdate]
    ) -> models.OpportunityRead:
        """Change facts of an opportunity."""
        return self._call(
            "PATCH", f"/api/v1/opportunities/{id}", version=version, body=body, answer=models.OpportunityRead
        )

    def advance(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Advance]
    ) -> models.OpportunityRead:
        """Move an opportunity to another open stage."""
        return self._call(
            "POST",
            f"/api/v1/opportunities/{id}/advance",
            key=idempotency_key,
            body=body,
            answer=models.OpportunityRead,
        )

    def collaborators(self, id: ID, /) -> models.Collaborators:
        """Return everybody with whom a record is shared."""
        return self._call("GET", f"/api/v1/opportunities/{id}/collaborators", answer=models.Collaborators)

    def remove_collaborator(self, id: ID, user_id: ID, /, *, version: int) -> models.Collaborators:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        return self._call(
            "DELETE",
            f"/api/v1/opportunities/{id}/collaborators/{user_id}",
            version=version,
            answer=models.Collaborators,
        )

    def set_collaborator(
        self, id: ID, user_id: ID, /, *, version: int, **body: Unpack[bodies.CollaboratorPut]
    ) -> models.Collaborators:
        """Share a record with a user, or change how far and how long."""
        return self._call(
            "PUT",
            f"/api/v1/opportunities/{id}/collaborators/{user_id}",
            version=version,
            body=body,
            answer=models.Collaborators,
        )

    def lose(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Lose]
    ) -> models.OpportunityRead:
        """Close an opportunity as lost."""
        return self._call(
            "POST",
            f"/api/v1/opportunities/{id}/lose",
            key=idempotency_key,
            body=body,
            answer=models.OpportunityRead,
        )

    def reopen(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Advance]
    ) -> models.OpportunityRead:
        """Open a closed opportunity again."""
        return self._call(
            "POST",
            f"/api/v1/opportunities/{id}/reopen",
            key=idempotency_key,
            body=body,
            answer=models.OpportunityRead,
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.OpportunityRead:
        """Take an opportunity out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/opportunities/{id}/restore", key=idempotency_key, answer=models.OpportunityRead
        )

    def win(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Win]
    ) -> models.OpportunityRead:
        """Close an opportunity as won."""
        return self._call(
            "POST",
            f"/api/v1/opportunities/{id}/win",
            key=idempotency_key,
            body=body,
            answer=models.OpportunityRead,
        )


class Pipelines(Resource):
    """/api/v1/pipelines."""

    def list(self, **query: Unpack[bodies.PipelinesListQuery]) -> Pages[models.PipelineRead]:
        """Return a page of pipelines."""
        return self._pages("/api/v1/pipelines", models.PipelineRead, models.PipelineListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.PipelineCreate]
    ) -> models.PipelineRead:
        """Open a pipeline."""
        return self._call(
            "POST", "/api/v1/pipelines", key=idempotency_key, body=body, answer=models.PipelineRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchPipelineCreate]
    ) -> models.BatchResults:
        """Open up to 200 pipelines, with a result for each."""
        return self._call(
            "POST", "/api/v1/pipelines/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.PipelineRead:
        """Put a pipeline into the recycle bin."""
        return self._call("DELETE", f"/api/v1/pipelines/{id}", version=version, answer=models.PipelineRead)

    def get(self, id: ID, /) -> models.PipelineRead:
        """Return one pipeline."""
        return self._call("GET", f"/api/v1/pipelines/{id}", answer=models.PipelineRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.PipelineUpdate]
    ) -> models.PipelineRead:
        """Change facts of a pipeline."""
        return self._call(
            "PATCH", f"/api/v1/pipelines/{id}", version=version, body=body, answer=models.PipelineRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.PipelineRead:
        """Take a pipeline out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/pipelines/{id}/restore", key=idempotency_key, answer=models.PipelineRead
        )


class Products(Resource):
    """/api/v1/products."""

    def list(self, **query: Unpack[bodies.ProductsListQuery]) -> Pages[models.ProductRead]:
        """Return a page of products."""
        return self._pages("/api/v1/products", models.ProductRead, models.ProductListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ProductCreate]
    ) -> models.ProductRead:
        """Add a product."""
        return self._call(
            "POST", "/api/v1/products", key=idempotency_key, body=body, answer=models.ProductRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchProductCreate]
    ) -> models.BatchResults:
        """Add up to 200 products, with a result for each."""
        return self._call(
            "POST", "/api/v1/products/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.ProductRead:
        """Put a product into the recycle bin."""
        return self._call("DELETE", f"/api/v1/products/{id}", version=version, answer=models.ProductRead)

    def get(self, id: ID, /) -> models.ProductRead:
        """Return one product."""
        return self._call("GET", f"/api/v1/products/{id}", answer=models.ProductRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.ProductUpdate]) -> models.ProductRead:
        """Change facts of a product."""
        return self._call(
            "PATCH", f"/api/v1/products/{id}", version=version, body=body, answer=models.ProductRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.ProductRead:
        """Take a product out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/products/{id}/restore", key=idempotency_key, answer=models.ProductRead
        )


class Queues(Resource):
    """/api/v1/queues."""

    def list(self, **query: Unpack[bodies.QueuesListQuery]) -> Pages[models.QueueRead]:
        """Return a page of queues."""
        return self._pages("/api/v1/queues", models.QueueRead, models.QueueListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.QueueCreate]
    ) -> models.QueueRead:
        """Open a queue."""
        return self._call("POST", "/api/v1/queues", key=idempotency_key, body=body, answer=models.QueueRead)

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchQueueCreate]
    ) -> models.BatchResults:
        """Open up to 200 queues, with a result for each."""
        return self._call(
            "POST", "/api/v1/queues/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.QueueRead:
        """Put a queue into the recycle bin."""
        return self._call("DELETE", f"/api/v1/queues/{id}", version=version, answer=models.QueueRead)

    def get(self, id: ID, /) -> models.QueueRead:
        """Return one queue."""
        return self._call("GET", f"/api/v1/queues/{id}", answer=models.QueueRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.QueueUpdate]) -> models.QueueRead:
        """Change facts of a queue."""
        return self._call(
            "PATCH", f"/api/v1/queues/{id}", version=version, body=body, answer=models.QueueRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.QueueRead:
        """Take a queue out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/queues/{id}/restore", key=idempotency_key, answer=models.QueueRead
        )


class Roles(Resource):
    """/api/v1/roles."""

    def list(self, **query: Unpack[bodies.RolesListQuery]) -> Pages[models.RoleRead]:
        """Return a page of roles."""
        return self._pages("/api/v1/roles", models.RoleRead, models.RoleListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.RoleCreate]
    ) -> models.RoleRead:
        """Define a role."""
        return self._call("POST", "/api/v1/roles", key=idempotency_key, body=body, answer=models.RoleRead)

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchRoleCreate]
    ) -> models.BatchResults:
        """Define up to 200 roles, with a result for each."""
        return self._call(
            "POST", "/api/v1/roles/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.RoleRead:
        """Remove a role that nobody holds."""
        return self._call("DELETE", f"/api/v1/roles/{id}", version=version, answer=models.RoleRead)

    def get(self, id: ID, /) -> models.RoleRead:
        """Return one role."""
        return self._call("GET", f"/api/v1/roles/{id}", answer=models.RoleRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.RoleUpdate]) -> models.RoleRead:
        """Rename a role, or give it other permissions."""
        return self._call("PATCH", f"/api/v1/roles/{id}", version=version, body=body, answer=models.RoleRead)


class Search(Resource):
    """/api/v1/search."""

    def list(self, **query: Unpack[bodies.SearchListQuery]) -> models.Hits:
        """Return the records called so that the caller may read: by words, beginnings, Chinese, pinyin."""
        return self._call("GET", "/api/v1/search", query=query, answer=models.Hits)


class Segments(Resource):
    """/api/v1/segments."""

    def list(self, **query: Unpack[bodies.SegmentsListQuery]) -> Pages[models.SegmentRead]:
        """Return a page of the segments in scope."""
        return self._pages("/api/v1/segments", models.SegmentRead, models.SegmentListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SegmentCreate]
    ) -> models.SegmentRead:
        """Make a segment; whom its rule describes enters within seconds."""
        return self._call(
            "POST", "/api/v1/segments", key=idempotency_key, body=body, answer=models.SegmentRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchSegmentCreate]
    ) -> models.BatchResults:
        """Make up to 200 segments, with a result for each."""
        return self._call(
            "POST", "/api/v1/segments/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def fields(self) -> models.Fields:
        """Return what a rule may ask about."""
        return self._call("GET", "/api/v1/segments/fields", answer=models.Fields)

    def preview(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.CustomerPreview]
    ) -> models.CustomerPreviewed:
        """Count the contacts in scope whom a rule describes now, and show some; nothing is kept."""
        return self._call(
            "POST",
            "/api/v1/segments/preview",
            key=idempotency_key,
            body=body,
            answer=models.CustomerPreviewed,
        )

    def delete(self, id: ID, /, *, version: int) -> models.SegmentRead:
        """Put a segment into the recycle bin."""
        return self._call("DELETE", f"/api/v1/segments/{id}", version=version, answer=models.SegmentRead)

    def get(self, id: ID, /) -> models.SegmentRead:
        """Return one segment."""
        return self._call("GET", f"/api/v1/segments/{id}", answer=models.SegmentRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.SegmentUpdate]) -> models.SegmentRead:
        """Change name, rule or owner of a segment."""
        return self._call(
            "PATCH", f"/api/v1/segments/{id}", version=version, body=body, answer=models.SegmentRead
        )

    def explain(self, id: ID, /, **query: Unpack[bodies.SegmentsExplainQuery]) -> models.Explained:
        """Tell for each node of the rule whether it holds for one contact now."""
        return self._call("GET", f"/api/v1/segments/{id}/explain", query=query, answer=models.Explained)

    def members(
        self, id: ID, /, **query: Unpack[bodies.SegmentsMembersQuery]
    ) -> Pages[models.SegmentMemberRead]:
        """Return a page of the members of a segment whom the caller may see."""
        return self._pages(
            f"/api/v1/segments/{id}/members",
            models.SegmentMemberRead,
            models.SegmentMemberListItem,
            query=query,
        )

    def add_members(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Picked]
    ) -> models.Changed:
        """Put up to 200 contacts into a static segment; one that is unknown or gone refuses all."""
        return self._call(
            "POST", f"/api/v1/segments/{id}/members", key=idempotency_key, body=body, answer=models.Changed
        )

    def members_remove(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Picked]
    ) -> models.Changed:
        """Take up to 200 contacts out of a static segment."""
        return self._call(
            "POST",
            f"/api/v1/segments/{id}/members/remove",
            key=idempotency_key,
            body=body,
            answer=models.Changed,
        )

    def remove_member(self, id: ID, contact_id: ID, /, *, version: int) -> models.SegmentMemberRead:
        """Take one contact out of a static segment."""
        return self._call(
            "DELETE",
            f"/api/v1/segments/{id}/members/{contact_id}",
            version=version,
            answer=models.SegmentMemberRead,
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.SegmentRead:
        """Take a segment out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/segments/{id}/restore", key=idempotency_key, answer=models.SegmentRead
        )

    def snapshot(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Snapshot]
    ) -> models.SegmentRead:
        """Make a static segment of those who are in this one now."""
        return self._call(
            "POST",
            f"/api/v1/segments/{id}/snapshot",
            key=idempotency_key,
            body=body,
            answer=models.SegmentRead,
        )


class SlaPolicies(Resource):
    """/api/v1/sla-policies."""

    def list(self, **query: Unpack[bodies.SlaPoliciesListQuery]) -> Pages[models.SlaPolicyRead]:
        """Return a page of SLA policies."""
        return self._pages(
            "/api/v1/sla-policies", models.SlaPolicyRead, models.SlaPolicyListItem, query=query
        )

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SlaPolicyCreate]
    ) -> models.SlaPolicyRead:
        """Adopt an SLA policy."""
        return self._call(
            "POST", "/api/v1/sla-policies", key=idempotency_key, body=body, answer=models.SlaPolicyRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchSlaPolicyCreate]
    ) -> models.BatchResults:
        """Adopt up to 200 SLA policies, with a result for each."""
        return self._call(
            "POST", "/api/v1/sla-policies/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.SlaPolicyRead:
        """Put an SLA policy into the recycle bin."""
        return self._call(
            "DELETE", f"/api/v1/sla-policies/{id}", version=version, answer=models.SlaPolicyRead
        )

    def get(self, id: ID, /) -> models.SlaPolicyRead:
        """Return one SLA policy."""
        return self._call("GET", f"/api/v1/sla-policies/{id}", answer=models.SlaPolicyRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.SlaPolicyUpdate]
    ) -> models.SlaPolicyRead:
        """Change facts of an SLA policy."""
        return self._call(
            "PATCH", f"/api/v1/sla-policies/{id}", version=version, body=body, answer=models.SlaPolicyRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.SlaPolicyRead:
        """Take an SLA policy out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/sla-policies/{id}/restore", key=idempotency_key, answer=models.SlaPolicyRead
        )


class Suppressions(Resource):
    """/api/v1/suppressions."""

    def list(self, **query: Unpack[bodies.SuppressionsListQuery]) -> Pages[models.SuppressionRead]:
        """Return a page of suppressions; `email` finds an address that is kept as a hash alone."""
        return self._pages(
            "/api/v1/suppressions", models.SuppressionRead, models.SuppressionListItem, query=query
        )

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SuppressionCreate]
    ) -> models.SuppressionRead:
        """Let no mail go to a contact or an address."""
        return self._call(
            "POST", "/api/v1/suppressions", key=idempotency_key, body=body, answer=models.SuppressionRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchSuppressionCreate]
    ) -> models.BatchResults:
        """Take up to 200 suppressions in, as from another system's list, with a result for each."""
        return self._call(
            "POST", "/api/v1/suppressions/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.SuppressionRead:
        """Let mail go there again."""
        return self._call(
            "DELETE", f"/api/v1/suppressions/{id}", version=version, answer=models.SuppressionRead
        )

    def get(self, id: ID, /) -> models.SuppressionRead:
        """Return one suppression."""
        return self._call("GET", f"/api/v1/suppressions/{id}", answer=models.SuppressionRead)


class Surveys(Resource):
    """/api/v1/surveys."""

    def list(self, **query: Unpack[bodies.SurveysListQuery]) -> Pages[models.SurveyRead]:
        """Return a page of the surveys about tickets that the caller may read."""
        return self._pages("/api/v1/surveys", models.SurveyRead, models.SurveyListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.SurveyCreate]
    ) -> models.SurveyRead:
        """Write down what a customer said; it answers the survey that he was sent, if there is one."""
        return self._call("POST", "/api/v1/surveys", key=idempotency_key, body=body, answer=models.SurveyRead)

    def get(self, id: ID, /) -> models.SurveyRead:
        """Return one survey."""
        return self._call("GET", f"/api/v1/surveys/{id}", answer=models.SurveyRead)


class Templates(Resource):
    """/api/v1/templates."""

    def list(self, **query: Unpack[bodies.TemplatesListQuery]) -> Pages[models.TemplateRead]:
        """Return a page of the templates in scope."""
        return self._pages("/api/v1/templates", models.TemplateRead, models.TemplateListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.TemplateCreate]
    ) -> models.TemplateRead:
        """Add a template; its words are checked, and each fault is named with its line."""
        return self._call(
            "POST", "/api/v1/templates", key=idempotency_key, body=body, answer=models.TemplateRead
        )

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchTemplateCreate]
    ) -> models.BatchResults:
        """Add up to 200 templates, with a result for each."""
        return self._call(
            "POST", "/api/v1/templates/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.TemplateRead:
        """Put a template into the recycle bin."""
        return self._call("DELETE", f"/api/v1/templates/{id}", version=version, answer=models.TemplateRead)

    def get(self, id: ID, /) -> models.TemplateRead:
        """Return one template."""
        return self._call("GET", f"/api/v1/templates/{id}", answer=models.TemplateRead)

    def update(
        self, id: ID, /, *, version: int, **body: Unpack[bodies.TemplateUpdate]
    ) -> models.TemplateRead:
        """Change a template's name or words; campaigns that were launched keep theirs."""
        return self._call(
            "PATCH", f"/api/v1/templates/{id}", version=version, body=body, answer=models.TemplateRead
        )

    def preview(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.MarketingPreview]
    ) -> models.MarketingPreviewed:
        """Show the mail that a contact in the caller's scope would get; nothing is sent."""
        return self._call(
            "POST",
            f"/api/v1/templates/{id}/preview",
            key=idempotency_key,
            body=body,
            answer=models.MarketingPreviewed,
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.TemplateRead:
        """Take a template out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/templates/{id}/restore", key=idempotency_key, answer=models.TemplateRead
        )


class Tickets(Resource):
    """/api/v1/tickets."""

    def list(self, **query: Unpack[bodies.TicketsListQuery]) -> Pages[models.TicketRead]:
        """Return a page of the tickets in scope, and of those in the caller's queues."""
        return self._pages("/api/v1/tickets", models.TicketRead, models.TicketListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.TicketCreate]
    ) -> models.TicketRead:
        """Open a ticket."""
        return self._call("POST", "/api/v1/tickets", key=idempotency_key, body=body, answer=models.TicketRead)

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchTicketCreate]
    ) -> models.BatchResults:
        """Open up to 200 tickets, with a result for each."""
        return self._call(
            "POST", "/api/v1/tickets/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def delete(self, id: ID, /, *, version: int) -> models.TicketRead:
        """Put a ticket into the recycle bin."""
        return self._call("DELETE", f"/api/v1/tickets/{id}", version=version, answer=models.TicketRead)

    def get(self, id: ID, /) -> models.TicketRead:
        """Return one ticket."""
        return self._call("GET", f"/api/v1/tickets/{id}", answer=models.TicketRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.TicketUpdate]) -> models.TicketRead:
        """Change facts of a ticket; another priority sets its targets anew."""
        return self._call(
            "PATCH", f"/api/v1/tickets/{id}", version=version, body=body, answer=models.TicketRead
        )

    def assign(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Assign]
    ) -> models.TicketRead:
        """Give a ticket to somebody, take it, or give it back; to give it to others needs ticket:assign."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/assign", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def close(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.When]
    ) -> models.TicketRead:
        """Be done with a ticket; its customer is asked how content he is."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/close", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def collaborators(self, id: ID, /) -> models.Collaborators:
        """Return everybody with whom a record is shared."""
        return self._call("GET", f"/api/v1/tickets/{id}/collaborators", answer=models.Collaborators)

    def remove_collaborator(self, id: ID, user_id: ID, /, *, version: int) -> models.Collaborators:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        return self._call(
            "DELETE",
            f"/api/v1/tickets/{id}/collaborators/{user_id}",
            version=version,
            answer=models.Collaborators,
        )

    def set_collaborator(
        self, id: ID, user_id: ID, /, *, version: int, **body: Unpack[bodies.CollaboratorPut]
    ) -> models.Collaborators:
        """Share a record with a user, or change how far and how long."""
        return self._call(
            "PUT",
            f"/api/v1/tickets/{id}/collaborators/{user_id}",
            version=version,
            body=body,
            answer=models.Collaborators,
        )

    def escalate(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.When]
    ) -> models.TicketRead:
        """Hand a ticket up; it stays open."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/escalate", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def follow(self, id: ID, /, *, idempotency_key: str | None = None) -> models.TicketRead:
        """Hear of a ticket from now on."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/follow", key=idempotency_key, answer=models.TicketRead
        )

    def messages(
        self, id: ID, /, **query: Unpack[bodies.TicketsMessagesQuery]
    ) -> Pages[models.TicketMessageRead]:
        """Return a page of what was said, the oldest first."""
        return self._pages(
            f"/api/v1/tickets/{id}/messages",
            models.TicketMessageRead,
            models.TicketMessageListItem,
            query=query,
        )

    def add_message(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.TicketMessageCreate]
    ) -> models.TicketMessageRead:
        """Reply to the customer (by e-mail too, where he has an address), note something, or keep his words."""
        return self._call(
            "POST",
            f"/api/v1/tickets/{id}/messages",
            key=idempotency_key,
            body=body,
            answer=models.TicketMessageRead,
        )

    def move(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Move]
    ) -> models.TicketRead:
        """Put a ticket into another queue, whose rule says whose it is then."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/move", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def reopen(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.When]
    ) -> models.TicketRead:
        """Work on a ticket again."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/reopen", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def resolve(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.When]
    ) -> models.TicketRead:
        """Say that a ticket is solved."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/resolve", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def restore(self, id: ID, /, *, idempotency_key: str | None = None) -> models.TicketRead:
        """Take a ticket out of the recycle bin."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/restore", key=idempotency_key, answer=models.TicketRead
        )

    def resume(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.When]
    ) -> models.TicketRead:
        """Go on with a ticket; the clocks have the business time that was left."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/resume", key=idempotency_key, body=body, answer=models.TicketRead
        )

    def unfollow(self, id: ID, /, *, idempotency_key: str | None = None) -> models.TicketRead:
        """Hear of a ticket no more."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/unfollow", key=idempotency_key, answer=models.TicketRead
        )

    def wait(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Wait]
    ) -> models.TicketRead:
        """Wait for the customer or for others; the clocks stand still."""
        return self._call(
            "POST", f"/api/v1/tickets/{id}/wait", key=idempotency_key, body=body, answer=models.TicketRead
        )


class Timeline(Resource):
    """/api/v1/timeline."""

    def list(self, **query: Unpack[bodies.TimelineListQuery]) -> Pages[models.Entry]:
        """Return what happened to one account or one contact, in all services, newest first."""
        return self._pages("/api/v1/timeline", models.Entry, models.Entry, query=query)


class Users(Resource):
    """/api/v1/users."""

    def list(self, **query: Unpack[bodies.UsersListQuery]) -> Pages[models.UserRead]:
        """Return a page of the users in scope."""
        return self._pages("/api/v1/users", models.UserRead, models.UserListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.UserCreate]
    ) -> models.UserRead:
        """Take a user in."""
        return self._call("POST", "/api/v1/users", key=idempotency_key, body=body, answer=models.UserRead)

    def batch(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.BatchUserCreate]
    ) -> models.BatchResults:
        """Take in up to 200 users, with a result for each."""
        return self._call(
            "POST", "/api/v1/users/batch", key=idempotency_key, body=body, answer=models.BatchResults
        )

    def service_accounts(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.ServiceAccountCreate]
    ) -> models.UserRead:
        """Take in a service account, for API keys alone; `GET /users?is_service=true` lists them."""
        return self._call(
            "POST", "/api/v1/users/service-accounts", key=idempotency_key, body=body, answer=models.UserRead
        )

    def get(self, id: ID, /) -> models.UserRead:
        """Return one user."""
        return self._call("GET", f"/api/v1/users/{id}", answer=models.UserRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.UserUpdate]) -> models.UserRead:
        """Change a user's profile, place, roles or password."""
        return self._call("PATCH", f"/api/v1/users/{id}", version=version, body=body, answer=models.UserRead)

    def deactivate(self, id: ID, /, *, idempotency_key: str | None = None) -> models.UserRead:
        """End everything that a user may do, and his sessions."""
        return self._call(
            "POST", f"/api/v1/users/{id}/deactivate", key=idempotency_key, answer=models.UserRead
        )

    def end_second_factor(self, id: ID, /, *, idempotency_key: str | None = None) -> None:
        """Turn off the second factor of a user who lost his app and his recovery codes; he is told."""
        self._call("POST", f"/api/v1/users/{id}/end-second-factor", key=idempotency_key, answer=None)

    def invite(self, id: ID, /, *, idempotency_key: str | None = None) -> None:
        """Have a link mailed to a user by which he sets his first password; only the newest one works."""
        self._call("POST", f"/api/v1/users/{id}/invite", key=idempotency_key, answer=None)

    def reactivate(self, id: ID, /, *, idempotency_key: str | None = None) -> models.UserRead:
        """Let a deactivated user sign in again."""
        return self._call(
            "POST", f"/api/v1/users/{id}/reactivate", key=idempotency_key, answer=models.UserRead
        )

    def unlock(self, id: ID, /, *, idempotency_key: str | None = None) -> None:
        """Let a user sign in at once whom too many wrong passwords had locked out."""
        self._call("POST", f"/api/v1/users/{id}/unlock", key=idempotency_key, answer=None)


class Webhooks(Resource):
    """/api/v1/webhooks."""

    def list(self, **query: Unpack[bodies.WebhooksListQuery]) -> Pages[models.WebhookRead]:
        """Return a page of the webhooks in scope."""
        return self._pages("/api/v1/webhooks", models.WebhookRead, models.WebhookListItem, query=query)

    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.WebhookCreate]
    ) -> models.WebhookWithSecret:
        """Subscribe an address to events; the answer alone shows the secret that signs them."""
        return self._call(
            "POST", "/api/v1/webhooks", key=idempotency_key, body=body, answer=models.WebhookWithSecret
        )

    def delete(self, id: ID, /, *, version: int) -> models.WebhookRead:
        """End the subscription for good; its secrets are destroyed."""
        return self._call("DELETE", f"/api/v1/webhooks/{id}", version=version, answer=models.WebhookRead)

    def get(self, id: ID, /) -> models.WebhookRead:
        """Return one webhook and how its receiver fares."""
        return self._call("GET", f"/api/v1/webhooks/{id}", answer=models.WebhookRead)

    def update(self, id: ID, /, *, version: int, **body: Unpack[bodies.WebhookUpdate]) -> models.WebhookRead:
        """Change name, address, types, filter or owner."""
        return self._call(
            "PATCH", f"/api/v1/webhooks/{id}", version=version, body=body, answer=models.WebhookRead
        )

    def cursor(self, id: ID, /) -> models.Cursor:
        """Return where the events end now; keep it, and a redelivery can begin there."""
        return self._call("GET", f"/api/v1/webhooks/{id}/cursor", answer=models.Cursor)

    def deliveries(
        self, id: ID, /, **query: Unpack[bodies.WebhooksDeliveriesQuery]
    ) -> Pages[models.DeliveryListItem]:
        """Return a page of what was or will be delivered; `status=dead` are the dead letters."""
        return self._pages(
            f"/api/v1/webhooks/{id}/deliveries", models.DeliveryListItem, models.DeliveryListItem, query=query
        )

    def disable(self, id: ID, /, *, idempotency_key: str | None = None) -> models.WebhookRead:
        """Turn it off: what matches from now on is held."""
        return self._call(
            "POST", f"/api/v1/webhooks/{id}/disable", key=idempotency_key, answer=models.WebhookRead
        )

    def enable(self, id: ID, /, *, idempotency_key: str | None = None) -> models.WebhookRead:
        """Turn it on: what was pending goes on, what was held can be redelivered."""
        return self._call(
            "POST", f"/api/v1/webhooks/{id}/enable", key=idempotency_key, answer=models.WebhookRead
        )

    def redeliver(
        self, id: ID, /, *, idempotency_key: str | None = None, **body: Unpack[bodies.Redeliver]
    ) -> models.Redelivery:
        """Deliver again, under the same ids: one, a range of time, or everything behind a cursor."""
        return self._call(
            "POST",
            f"/api/v1/webhooks/{id}/redeliver",
            key=idempotency_key,
            body=body,
            answer=models.Redelivery,
        )

    def rotate_secret(self, id: ID, /, *, idempotency_key: str | None = None) -> models.WebhookWithSecret:
        """Sign with a new secret, and for a while with the old one too."""
        return self._call(
            "POST",
            f"/api/v1/webhooks/{id}/rotate-secret",
            key=idempotency_key,
            answer=models.WebhookWithSecret,
        )

    def test(self, id: ID, /, *, idempotency_key: str | None = None) -> models.Test:
        """Send an event that means nothing; the delivery tells how it went."""
        return self._call("POST", f"/api/v1/webhooks/{id}/test", key=idempotency_key, answer=models.Test)


class Resources(Resource):
    """Every resource of the API."""

    @property
    def accounts(self) -> Accounts:
        """Return the resource /accounts."""
        return Accounts(self._client)

    @property
    def activities(self) -> Activities:
        """Return the resource /activities."""
        return Activities(self._client)

    @property
    def api_keys(self) -> ApiKeys:
        """Return the resource /api-keys."""
        return ApiKeys(self._client)

    @property
    def audit(self) -> Audit:
        """Return the resource /audit."""
        return Audit(self._client)

    @property
    def auth(self) -> Auth:
        """Return the resource /auth."""
        return Auth(self._client)

    @property
    def calendars(self) -> Calendars:
        """Return the resource /calendars."""
        return Calendars(self._client)

    @property
    def campaigns(self) -> Campaigns:
        """Return the resource /campaigns."""
        return Campaigns(self._client)

    @property
    def consents(self) -> Consents:
        """Return the resource /consents."""
        return Consents(self._client)

    @property
    def contacts(self) -> Contacts:
        """Return the resource /contacts."""
        return Contacts(self._client)

    @property
    def departments(self) -> Departments:
        """Return the resource /departments."""
        return Departments(self._client)

    @property
    def events(self) -> Events:
        """Return the resource /events."""
        return Events(self._client)

    @property
    def imports(self) -> Imports:
        """Return the resource /imports."""
        return Imports(self._client)

    @property
    def leads(self) -> Leads:
        """Return the resource /leads."""
        return Leads(self._client)

    @property
    def messages(self) -> Messages:
        """Return the resource /messages."""
        return Messages(self._client)

    @property
    def metrics(self) -> Metrics:
        """Return the resource /metrics."""
        return Metrics(self._client)

    @property
    def notifications(self) -> Notifications:
        """Return the resource /notifications."""
        return Notifications(self._client)

    @property
    def operations(self) -> Operations:
        """Return the resource /operations."""
        return Operations(self._client)

    @property
    def opportunities(self) -> Opportunities:
        """Return the resource /opportunities."""
        return Opportunities(self._client)

    @property
    def pipelines(self) -> Pipelines:
        """Return the resource /pipelines."""
        return Pipelines(self._client)

    @property
    def products(self) -> Products:
        """Return the resource /products."""
        return Products(self._client)

    @property
    def queues(self) -> Queues:
        """Return the resource /queues."""
        return Queues(self._client)

    @property
    def roles(self) -> Roles:
        """Return the resource /roles."""
        return Roles(self._client)

    @property
    def search(self) -> Search:
        """Return the resource /search."""
        return Search(self._client)

    @property
    def segments(self) -> Segments:
        """Return the resource /segments."""
        return Segments(self._client)

    @property
    def sla_policies(self) -> SlaPolicies:
        """Return the resource /sla-policies."""
        return SlaPolicies(self._client)

    @property
    def suppressions(self) -> Suppressions:
        """Return the resource /suppressions."""
        return Suppressions(self._client)

    @property
    def surveys(self) -> Surveys:
        """Return the resource /surveys."""
        return Surveys(self._client)

    @property
    def templates(self) -> Templates:
        """Return the resource /templates."""
        return Templates(self._client)

    @property
    def tickets(self) -> Tickets:
        """Return the resource /tickets."""
        return Tickets(self._client)

    @property
    def timeline(self) -> Timeline:
        """Return the resource /timeline."""
        return Timeline(self._client)

    @property
    def users(self) -> Users:
        """Return the resource /users."""
        return Users(self._client)

    @property
    def webhooks(self) -> Webhooks:
        """Return the resource /webhooks."""
        return Webhooks(self._client)
