"""All parts of one machine's platform, wired together."""

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import gateway, services, web
from deploy.local.credentials import Credentials, ensure_key_file, load_credentials
from deploy.local.databases import create_databases, url_for
from deploy.local.kafka import kafka
from deploy.local.mailbox import mailbox
from deploy.local.part import Part
from deploy.local.places import postgres_home
from deploy.local.ports import Ports
from deploy.local.postgres import postgres, superuser_url
from deploy.local.probes import NotReadyError, probe
from deploy.local.process import CommandFailedError
from deploy.local.tls import HOST, authority_file, ensure_certificate
from deploy.local.valkey import valkey

GATEWAY_PORT, HTTPS_PORT = 8080, 8443
FIRST_PORT, STEP, STACKS = 14000, 40, 300


@dataclass(frozen=True)
class Servers:
    """Where the three servers are, whoever runs them."""

    postgres: str
    kafka: str
    redis: str


class Stack:
    """Builds the parts of the state folder's stack; each server may be somebody else's."""

    def __init__(self, state: Path, ports: Ports, environment: Mapping[str, str] = os.environ) -> None:
        self.state = state
        self.ports = ports
        self.environment = environment
        self.services = services.present()
        self.credentials: Credentials = load_credentials(state, self.services)
        self.url = ""
        self._first = FIRST_PORT + STEP * (zlib.crc32(str(state).encode()) % STACKS)

    def parts(self) -> list[Part]:
        """Describe every part, the servers first."""
        # Every service makes links, so the door is known before them.
        plain = self.ports.take("gateway", int(self.environment.get("PLEXUS_PORT") or GATEWAY_PORT))
        secure = self.ports.take(
            "gateway-https", int(self.environment.get("PLEXUS_HTTPS_PORT") or HTTPS_PORT)
        )
        self.url = f"https://{HOST}:{secure}"
        own, servers = self._servers()
        has_data = (postgres_home(self.state) / "data").exists()
        self.key_file = ensure_key_file(self.state, has_data=has_data)
        passwords = {name: self.credentials.services[name] for name in self.services}

        async def databases() -> None:
            await create_databases(servers.postgres, passwords)

        steps = [Part("databases", None, prepare=databases, needs=("postgres",))]
        return [*own, *steps, *self._mail(), *self._services(servers), *self._gateway(plain, secure)]

    def _port(self, name: str) -> int:
        return self.ports.take(name, self._first)

    def _servers(self) -> tuple[list[Part], Servers]:
        given = self.environment.get
        parts = []
        if not (database := given("PLEXUS_POSTGRES_URL")):
            port = self._port("postgres")
            parts.append(postgres(self.state, port, self.credentials.postgres))
            database = superuser_url(port, self.credentials.postgres)
        else:
            parts.append(_somebody_elses("postgres", "PLEXUS_POSTGRES_URL", database))
        if not (bootstrap := given("PLEXUS_KAFKA_BOOTSTRAP")):
            port = self._port("kafka")
            parts.append(kafka(self.state, port, self._port("controller")))
            bootstrap = f"127.0.0.1:{port}"
        else:
            parts.append(_somebody_elses("kafka", "PLEXUS_KAFKA_BOOTSTRAP", f"kafka://{bootstrap}"))
        if not (redis := given("PLEXUS_REDIS_URL")):
            port = self._port("valkey")
            parts.append(valkey(self.state, port))
            redis = f"redis://127.0.0.1:{port}/0"
        else:
            parts.append(_somebody_elses("valkey", "PLEXUS_REDIS_URL", redis))
        return parts, Servers(database, bootstrap, redis)

    def _mail(self) -> list[Part]:
        """Take the mail of whoever sends some, unless PLEXUS_SMTP_URL names a real server."""
        if "integration" not in self.services or self.environment.get("PLEXUS_SMTP_URL"):
            return []
        return [mailbox(self.state, self._port("mailbox"))]

    def _services(self, servers: Servers) -> list[Part]:
        environments = {name: self._environment(name, servers) for name in self.services}
        migrations = services.migration(environments)
        needs = (*services.SERVERS, migrations.name)
        processes = [
            part
            for name, env in environments.items()
            for part in (
                services.api(name, self._port(name), env, needs),
                services.worker(name, self._port(f"{name}-worker"), env, needs),
            )
        ]
        if "auth" in environments:
            held = ensure_certificate(self.state, "auth")
            port = self._port("auth-exchange")
            authority = authority_file(self.state)
            processes.append(services.exchange(port, environments["auth"], held, authority))
        return [migrations, *processes] if processes else []

    def _environment(self, service: str, servers: Servers) -> dict[str, str]:
        administrator = {
            "PLEXUS_ADMIN_EMAIL": self.credentials.admin_email,
            "PLEXUS_ADMIN_PASSWORD": self.credentials.admin_password,
        }
        box = self.ports.chosen.get("mailbox")
        mail = {"PLEXUS_SMTP_URL": f"smtp://127.0.0.1:{box}?starttls=never"} if box else {}
        # Whoever tries a webhook on one machine listens on the same machine.
        near = self.environment.get("PLEXUS_WEBHOOK_ALLOWED_NETWORKS") or '["127.0.0.0/8"]'
        outside = {**mail, "PLEXUS_WEBHOOK_ALLOWED_NETWORKS": near}
        own = {"auth": administrator, "integration": outside}
        return {
            "PLEXUS_DATABASE_URL": url_for(servers.postgres, service, self.credentials.services[service]),
            "PLEXUS_KAFKA_BOOTSTRAP": servers.kafka,
            "PLEXUS_REDIS_URL": servers.redis,
            "PLEXUS_KEK_FILE": str(self.key_file),
            "PLEXUS_SLOT": f"{service}-0",
            "PLEXUS_COMPANY_TIME_ZONE": self.environment.get("PLEXUS_COMPANY_TIME_ZONE", "UTC"),
            "PLEXUS_PUBLIC_URL": self.environment.get("PLEXUS_PUBLIC_URL") or self.url,
            **own.get(service, {}),
        }

    def _gateway(self, plain: int, secure: int) -> list[Part]:
        if not gateway.present():
            return []
        backends = {name: f"127.0.0.1:{self.ports.chosen[name]}" for name in self.services}
        port = self._port("docs")
        pages = [gateway.docs(port, backends)]
        backends["docs"] = f"127.0.0.1:{port}"
        if web.present():
            pages.append(web.web(self.state, self._port("web"), wanted="auth" in self.services))
            backends["web"] = f"127.0.0.1:{self.ports.chosen['web']}"
        # Not the exchange: who brings a token, or nothing, need not wait for it.
        needs = (*self.services, *(f"{name}-worker" for name in self.services), *(p.name for p in pages))
        doors = gateway.Doors(plain, secure, self.ports.chosen.get("auth-exchange"))
        return [*pages, gateway.gateway(self.state, doors, backends, needs)]


def _somebody_elses(name: str, variable: str, url: str) -> Part:
    address = urlsplit(url.split(",", maxsplit=1)[0])
    health = f"tcp://{address.hostname}:{address.port or DEFAULT_PORTS[name]}"

    async def prepare() -> None:
        try:
            await probe(health)
        except (OSError, NotReadyError) as error:
            raise CommandFailedError(f"{name} at {health} ({variable}) does not answer: {error}") from error

    return Part(name, None, health=health, prepare=prepare)


DEFAULT_PORTS = {"postgres": 5432, "kafka": 9092, "valkey": 6379}
