"""The API process of marketing."""

from libs.platform.process import create_app
from services.marketing.settings import Settings

app = create_app(Settings(), __package__, [])
