"""The authority and its certificates, and a handshake with each kind of client."""

import asyncio
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from deploy.local.tls import LIFE, Certificate, authority_file, ensure_certificate, trusting

NOW = datetime.now(UTC)


class TestEnsureCertificate:
    def test_keeps_what_is_good(self, tmp_path: Path) -> None:
        first = ensure_certificate(tmp_path, "gateway", NOW)
        before = first.certificate.read_bytes(), authority_file(tmp_path).read_bytes()

        again = ensure_certificate(tmp_path, "gateway", NOW + timedelta(days=300))

        assert again == first
        assert (first.certificate.read_bytes(), authority_file(tmp_path).read_bytes()) == before

    def test_renews_a_certificate_before_it_expires(self, tmp_path: Path) -> None:
        held = ensure_certificate(tmp_path, "gateway", NOW - LIFE + timedelta(days=20))
        before, authority = held.certificate.read_bytes(), authority_file(tmp_path).read_bytes()

        ensure_certificate(tmp_path, "gateway", NOW)

        assert held.certificate.read_bytes() != before
        assert authority_file(tmp_path).read_bytes() == authority

    def test_renews_everything_with_an_authority_that_is_too_old_to_sign(self, tmp_path: Path) -> None:
        held = ensure_certificate(tmp_path, "gateway", NOW - timedelta(days=3300))
        authority = authority_file(tmp_path).read_bytes()

        ensure_certificate(tmp_path, "gateway", NOW)

        assert authority_file(tmp_path).read_bytes() != authority
        signed = x509.load_pem_x509_certificate(held.certificate.read_bytes())
        signed.verify_directly_issued_by(
            x509.load_pem_x509_certificate(authority_file(tmp_path).read_bytes())
        )

    def test_makes_a_lost_key_and_its_certificate_anew(self, tmp_path: Path) -> None:
        held = ensure_certificate(tmp_path, "gateway", NOW)
        before = held.certificate.read_bytes()
        held.key.unlink()

        ensure_certificate(tmp_path, "gateway", NOW)

        assert held.certificate.read_bytes() != before

    def test_shows_keys_to_their_owner_alone(self, tmp_path: Path) -> None:
        ensure_certificate(tmp_path, "gateway", NOW)

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
        assert modes["ca-key.pem"] == modes["gateway-key.pem"] == 0o600
        assert modes["ca.pem"] == 0o644

    def test_vouches_for_this_machine_alone(self, tmp_path: Path) -> None:
        ensure_certificate(tmp_path, "gateway", NOW)

        authority = x509.load_pem_x509_certificate(authority_file(tmp_path).read_bytes())
        permitted = authority.extensions.get_extension_for_class(x509.NameConstraints)
        assert permitted.critical
        assert {str(name.value) for name in permitted.value.permitted_subtrees or ()} == {
            "localhost",
            "127.0.0.1/32",
            "::1/128",
        }


class TestTrusting:
    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
    async def test_lets_a_client_in_by_each_name(self, tmp_path: Path, name: str) -> None:
        held = ensure_certificate(tmp_path, "gateway", NOW)

        assert await shaken_hands(held, trusting(authority_file(tmp_path)), name) == "TLSv1.3"

    async def test_refuses_a_server_of_another_authority(self, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        ensure_certificate(other, "gateway", NOW)
        held = ensure_certificate(tmp_path, "gateway", NOW)

        with pytest.raises(ssl.SSLCertVerificationError):
            await shaken_hands(held, trusting(authority_file(other)), "localhost")

    async def test_refuses_another_name(self, tmp_path: Path) -> None:
        held = ensure_certificate(tmp_path, "gateway", NOW)

        with pytest.raises(ssl.SSLCertVerificationError):
            await shaken_hands(held, trusting(authority_file(tmp_path)), "example.org")


async def shaken_hands(held: Certificate, trust: ssl.SSLContext, name: str) -> str:
    """Connect to a server with this certificate as `name`; return the protocol that was agreed on."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(held.certificate, held.key)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=name)
        version = str(writer.get_extra_info("ssl_object").version())
        writer.close()
        return version
