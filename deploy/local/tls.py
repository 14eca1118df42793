"""One machine's TLS: an authority that vouches for this machine alone, and the certificates it signs.

Nothing is added to the machine's or a browser's store of trusted authorities; clients are given `ca.pem`.
"""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=3650)
# Browsers refuse certificates that live longer.
LIFE = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=30)
HOST = "localhost"
ADDRESSES = ("127.0.0.1", "::1")
# A clock that was set back a little must not make today's certificate one of tomorrow.
EARLIER = timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """Where a certificate and its key lie."""

    certificate: Path
    key: Path


def authority_file(state: Path) -> Path:
    """Return where the certificate lies that clients trust."""
    return state / "tls" / "ca.pem"


def trusting(authority: Path | str | None) -> ssl.SSLContext:
    """Return how a client verifies a server: by this authority, or by the machine's when there is none."""
    return ssl.create_default_context(cafile=str(authority) if authority else None)


def ensure_certificate(state: Path, name: str, now: datetime | None = None) -> Certificate:
    """Return the certificate of one of our servers; made when it is not there, renewed before it expires."""
    moment = now or datetime.now(UTC)
    folder = state / "tls"
    # Who may not read the keys may still read what to trust.
    folder.mkdir(mode=0o711, exist_ok=True)
    authority = _authority(folder, moment)
    found = Certificate(folder / f"{name}.pem", folder / f"{name}-key.pem")
    if not _is_good(found, moment, authority):
        _write(found, *_sign(name, authority, moment))
    return found


type _Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _authority(folder: Path, now: datetime) -> _Pair:
    found = Certificate(folder / "ca.pem", folder / "ca-key.pem")
    # What it signs today must not outlive it.
    if not _is_good(found, now + LIFE):
        _write(found, *_make_authority(now))
    return _read(found)


def _is_good(found: Certificate, now: datetime, authority: _Pair | None = None) -> bool:
    if not (found.certificate.exists() and found.key.exists()):
        return False
    certificate, key = _read(found)
    fits = certificate.public_key() == key.public_key()
    signed = authority is None or certificate.issuer == authority[0].subject
    return fits and signed and certificate.not_valid_after_utc - RENEWED_BEFORE > now


def _read(found: Certificate) -> _Pair:
    key = load_pem_private_key(found.key.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{found.key} is no key of ours")
    return x509.load_pem_x509_certificate(found.certificate.read_bytes()), key


def _write(where: Certificate, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _replace(where.key, private, 0o600)
    _replace(where.certificate, certificate.public_bytes(Encoding.PEM), 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
    fresh.replace(path)


def _make_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # The serial number keeps a new authority apart from the one it replaces.
    name = _name(f"Plexus CRM on this machine {x509.random_serial_number():x}"[:64])
    permitted = [x509.DNSName(HOST), *(x509.IPAddress(ip_network(each)) for each in ADDRESSES)]
    builder = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        # Whoever trusts it trusts it for this machine and for no other site.
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return builder.sign(key, hashes.SHA256()), key


def _sign(name: str, authority: _Pair, now: datetime) -> _Pair:
    issuer, issuer_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(HOST), *(x509.IPAddress(ip_address(each)) for each in ADDRESSES)]
    builder = (
        _builder(_name(f"Plexus CRM {name}"), issuer.subject, key.public_key(), now, LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    return builder.sign(issuer_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now - EARLIER + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
