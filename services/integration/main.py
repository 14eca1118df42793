"""The API process of integration."""

from libs.platform.app import create_app
from services.integration.messages.api import router as messages
from services.integration.settings import Settings

app = create_app(Settings(), __package__, [messages])
