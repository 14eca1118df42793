"""The API process of ticketing."""

from libs.platform.process import create_app
from services.ticketing.settings import Settings

app = create_app(Settings(), __package__, [])
