"""Who can read the page of metrics: nobody who comes through the gateway."""

import pytest

from gateway.routes import load_routes
from libs.common.telemetry import QUIET


class TestGateway:
    @pytest.mark.parametrize("path", sorted(QUIET))
    def test_leads_to_no_service(self, path: str) -> None:
        with pytest.raises(LookupError):
            load_routes().owner(path)
