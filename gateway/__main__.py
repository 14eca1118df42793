"""`python -m gateway traefik|kong`: write a gateway's configuration from the route table."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from gateway.entry import Entry
from gateway.kong import Kong
from gateway.kong import render as render_kong
from gateway.routes import Routes, load_routes
from gateway.traefik import render, write_config

GOLDEN = Path(__file__).with_name("traefik")
KONG_FILE = Path(__file__).with_name("kong") / "kong.yaml"


def golden(routes: Routes) -> dict[str, str]:
    """The committed configuration: each service by its name at port 8000, as in a cluster."""
    backends = {name: [f"{name}:8000"] for name in routes.enabled}
    home = Path("/etc/traefik")
    entry = Entry(
        host="0.0.0.0",  # noqa: S104  # In a container the listener is the pod's.
        port=8080,
        https_port=8443,
        public_port=443,
        certificate=home / "tls/gateway.pem",
        key=home / "tls/gateway-key.pem",
        exchange="auth-exchange:8443",
        authority=home / "tls/ca.pem",
    )
    return render(routes, backends, entry, home)


def parse_backends(values: Sequence[str]) -> dict[str, list[str]]:
    """`["sales=127.0.0.1:9001"]` → `{"sales": ["127.0.0.1:9001"]}`; a repeated name adds one."""
    backends: dict[str, list[str]] = defaultdict(list)
    for value in values:
        name, _, address = value.partition("=")
        if not name or ":" not in address:
            raise argparse.ArgumentTypeError(f"{value!r} is not name=host:port.")
        backends[name].append(address)
    return dict(backends)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description=__doc__)
    commands = parser.add_subparsers(required=True)
    traefik = commands.add_parser("traefik", help="write static.yml and dynamic.yml")
    traefik.add_argument("--golden", action="store_true", help="renew the committed files")
    traefik.add_argument("--out", type=Path, help="folder for both files")
    traefik.add_argument("--host", default="127.0.0.1")
    traefik.add_argument("--port", type=int, default=8080, help="of HTTP, which only redirects")
    traefik.add_argument("--https-port", type=int, default=8443)
    traefik.add_argument("--certificate", type=Path, help="PEM, of the HTTPS port")
    traefik.add_argument("--key", type=Path, help="its private key")
    traefik.add_argument("--exchange", metavar="HOST:PORT", help="auth's HTTP/2 listener")
    traefik.add_argument("--authority", type=Path, help="PEM; vouches for auth's listener")
    traefik.add_argument("--no-hsts", dest="hsts", action="store_false", help="for localhost")
    traefik.add_argument("--backend", action="append", default=[], metavar="NAME=HOST:PORT")
    traefik.add_argument("--off", action="append", default=[], metavar="NAME", help="not routed")
    traefik.set_defaults(run=run_traefik)
    kong = commands.add_parser("kong", help="renew the committed kong.yaml")
    kong.set_defaults(run=run_kong)
    return parser


def golden_kong(routes: Routes) -> str:
    """Kong's committed configuration, for the same cluster."""
    backends = {name: f"{name}:8000" for name in routes.enabled}
    return render_kong(routes, Kong(backends, exchange="auth-exchange:8443"))


def run_kong(_args: argparse.Namespace) -> None:
    KONG_FILE.write_text(golden_kong(load_routes()), "utf-8")
    print(KONG_FILE)


def run_traefik(args: argparse.Namespace) -> None:
    routes = load_routes().without(*args.off)
    if args.golden:
        for name, text in golden(routes).items():
            (GOLDEN / name).write_text(text, "utf-8")
            print(GOLDEN / name)
        # Both gateways come out of one table, so neither may lag behind it.
        run_kong(args)
        return
    out = args.out or Path("build/traefik")
    entry = Entry(
        host=args.host,
        port=args.port,
        https_port=args.https_port,
        certificate=args.certificate or out / "gateway.pem",
        key=args.key or out / "gateway-key.pem",
        exchange=args.exchange,
        authority=args.authority or out / "ca.pem",
        hsts=args.hsts,
    )
    print(write_config(out, routes, parse_backends(args.backend), entry))


def main(argv: Sequence[str] | None = None) -> None:
    args = build_parser().parse_args(argv)
    args.run(args)


if __name__ == "__main__":
    main()
