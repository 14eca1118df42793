"""The API process of integration."""

from libs.platform.app import create_app
from services.integration.deliveries.api import router as deliveries
from services.integration.messages.api import router as messages
from services.integration.notifications.api import router as notifications
from services.integration.settings import Settings
from services.integration.webhooks.api import router as webhooks

app = create_app(Settings(), __package__, [webhooks, deliveries, messages, notifications])
