"""The API process of marketing."""

from libs.platform.app import create_app
from services.marketing.campaign_members.api import links
from services.marketing.campaign_members.api import router as campaign_members
from services.marketing.campaigns.api import router as campaigns
from services.marketing.settings import Settings
from services.marketing.suppressions.api import router as suppressions
from services.marketing.templates.api import router as templates

app = create_app(Settings(), __package__, [templates, campaigns, campaign_members, suppressions, links])
