"""The API process of sales."""

from libs.platform.access.collaborators_api import collaborators
from libs.platform.app import create_app
from services.sales.leads.api import router as leads
from services.sales.opportunities.api import router as opportunities
from services.sales.pipelines.api import router as pipelines
from services.sales.products.api import router as products
from services.sales.settings import Settings

opportunity_collaborators = collaborators("/opportunities", "opportunity")
lead_collaborators = collaborators("/leads", "lead")
SHARED = [opportunity_collaborators, lead_collaborators]

app = create_app(Settings(), __package__, [products, pipelines, opportunities, leads, *SHARED])
