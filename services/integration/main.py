"""The API process of integration."""

from libs.platform.process import create_app
from services.integration.settings import Settings

app = create_app(Settings(), __package__, [])
