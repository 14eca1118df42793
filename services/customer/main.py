"""The API process of customer."""

from libs.platform.process import create_app
from services.customer.accounts.api import router as accounts
from services.customer.activities.api import router as activities
from services.customer.contacts.api import router as contacts
from services.customer.settings import Settings

app = create_app(Settings(), __package__, [accounts, contacts, activities])
