import pytest

from libs.common.problems import Forbidden
from services.auth.origins import demand_ours

OURS = "https://crm.example.com"
VIA = {"x-forwarded-host": "crm.internal:8443"}


class TestDemandOurs:
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": OURS},
            {"origin": "https://crm.internal:8443", **VIA},
            {"origin": "https://crm.internal:8443", "host": "crm.internal:8443"},
            {},
            {"sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
        ],
        ids=["public", "by the name used", "without a gateway", "no browser", "own page", "address bar"],
    )
    def test_lets_our_own_pages_and_programs_pass(self, headers: dict[str, str]) -> None:
        demand_ours(headers, OURS)

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": ""},
            {"origin": f"{OURS}.evil.example"},
            {"origin": "http://crm.example.com"},
            {"origin": f"{OURS}:444"},
            {"origin": f"{OURS}@evil.example"},
            {"origin": "https://user@crm.example.com"},
            {"origin": "https://evil-crm.example.com"},
            {"origin": "https://evil.crm.example.com"},
            {"origin": "https://crm.example.com.evil.example"},
            {"origin": "https://crm.example.comevil"},
            {"origin": f"{OURS}."},
            {"origin": f"{OURS}/"},
            {"origin": f"{OURS}, https://evil.example"},
            {"origin": f"{OURS} https://evil.example"},
            {"origin": f"https://evil.example#{OURS}"},
            {"origin": f"https://evil.example?{OURS}"},
            {"origin": "file://"},
            {"origin": "//crm.example.com"},
            {"origin": "crm.example.com"},
            {"origin": "https://crm.ex\u0430mple.com"},
            {"origin": "https://[::1]"},
            {"origin": "*"},
            {"origin": "http://crm.internal:8443", **VIA},
            {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
        ids=str,
    )
    def test_refuses_what_another_sites_page_sent(self, headers: dict[str, str]) -> None:
        with pytest.raises(Forbidden, match="foreign-origin"):
            demand_ours(headers, OURS)
