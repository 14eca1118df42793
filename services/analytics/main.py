"""The API process of analytics."""

from libs.platform.app import create_app
from services.analytics.campaigns.api import router as campaigns
from services.analytics.event_log.api import router as events
from services.analytics.funnel.api import router as funnel
from services.analytics.performance.api import router as performance
from services.analytics.search.api import router as search
from services.analytics.settings import Settings
from services.analytics.tickets.api import csat, sla, volumes
from services.analytics.timeline.api import router as timeline

METRICS = [funnel, performance, volumes, sla, csat, campaigns]
app = create_app(Settings(), __package__, [*METRICS, events, search, timeline])
