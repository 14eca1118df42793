"""The API's resources, blocking; generated from the OpenAPI document by `python -m tests.sdk.write`."""

from typing import Unpack

from plexus_crm.api import bodies, models
from plexus_crm.pages import ID, Pages, Resource


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
        """Make a key for yourself; its secret is in this answer alone."""
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


class Auth(Resource):
    """/api/v1/auth."""

    def jwks(self) -> models.KeySet:
        """Return the public keys that access tokens are signed with."""
        return self._call("GET", "/api/v1/auth/jwks", answer=models.KeySet)

    def me(self) -> models.Me:
        """Return the signed-in user, and how far each of his permissions reaches."""
        return self._call("GET", "/api/v1/auth/me", answer=models.Me)

    def refresh(self, **body: Unpack[bodies.Refresh]) -> models.Tokens:
        """Exchange a refresh token for new tokens; using an old one again ends the session."""
        return self._call("POST", "/api/v1/auth/refresh", body=body, answer=models.Tokens)

    def sign_in(self, **body: Unpack[bodies.SignIn]) -> models.Tokens:
        """Exchange an e-mail address and a password for tokens."""
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

    def reveal(self, id: ID, /, *, idempotency_key: str | None = None) -> models.Revealed:
        """Show the phone in the clear; the audit trail keeps who saw it."""
        return self._call(
            "POST", f"/api/v1/contacts/{id}/reveal", key=idempotency_key, answer=models.Revealed
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

    def reveal(self, id: ID, /, *, idempotency_key: str | None = None) -> models.Revealed:
        """Show the phone in the clear; the audit trail keeps who saw it."""
        return self._call("POST", f"/api/v1/leads/{id}/reveal", key=idempotency_key, answer=models.Revealed)


class Metrics(Resource):
    """/api/v1/metrics."""

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
        self, *, idempotency_key: str | None = None, **body: Unpack[bodies.Preview]
    ) -> models.Previewed:
        """Count the contacts in scope whom a rule describes now, and show some; nothing is kept."""
        return self._call(
            "POST", "/api/v1/segments/preview", key=idempotency_key, body=body, answer=models.Previewed
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

    def reactivate(self, id: ID, /, *, idempotency_key: str | None = None) -> models.UserRead:
        """Let a deactivated user sign in again."""
        return self._call(
            "POST", f"/api/v1/users/{id}/reactivate", key=idempotency_key, answer=models.UserRead
        )


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
    def auth(self) -> Auth:
        """Return the resource /auth."""
        return Auth(self._client)

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
    def leads(self) -> Leads:
        """Return the resource /leads."""
        return Leads(self._client)

    @property
    def metrics(self) -> Metrics:
        """Return the resource /metrics."""
        return Metrics(self._client)

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
    def roles(self) -> Roles:
        """Return the resource /roles."""
        return Roles(self._client)

    @property
    def segments(self) -> Segments:
        """Return the resource /segments."""
        return Segments(self._client)

    @property
    def users(self) -> Users:
        """Return the resource /users."""
        return Users(self._client)
