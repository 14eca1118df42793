"""The API process of customer."""

from libs.platform.access.collaborators_api import collaborators
from libs.platform.app import create_app
from services.customer.accounts.api import router as accounts
from services.customer.activities.api import router as activities
from services.customer.consents.api import contact_router as contact_consents
from services.customer.consents.api import router as consents
from services.customer.contacts.api import router as contacts
from services.customer.imports.api import router as imports
from services.customer.segment_members.api import router as segment_members
from services.customer.segments.api import router as segments
from services.customer.settings import Settings

account_collaborators = collaborators("/accounts", "account")
contact_collaborators = collaborators("/contacts", "contact")
SHARED = [account_collaborators, contact_collaborators]
ROUTERS = [accounts, contacts, activities, segments, segment_members, consents, contact_consents, imports]

app = create_app(Settings(), __package__, [*ROUTERS, *SHARED])
