"""`python -m gateway traefik`: write Traefik's configuration from the route table."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from gateway.routes import Routes, load_routes
from gateway.traefik import render, write_config

GOLDEN = Path(__file__).with_name("traefik")


def golden(routes: Routes) -> dict[str, str]:
    """The committed configuration: each service by its name at port 8000, as in a cluster."""
    backends = {name: [f"{name}:8000"] for name in routes.enabled}
    home = Path("/etc/traefik")
    return render(routes, backends, host="0.0.0.0", port=8080, directory=home)  # noqa: S104  # In a container the listener is the pod's.


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
    traefik.add_argument("--port", type=int, default=8080)
    traefik.add_argument("--backend", action="append", default=[], metavar="NAME=HOST:PORT")
    traefik.add_argument("--off", action="append", default=[], metavar="NAME", help="not routed")
    traefik.set_defaults(run=run_traefik)
    return parser


def run_traefik(args: argparse.Namespace) -> None:
    routes = load_routes().without(*args.off)
    if args.golden:
        for name, text in golden(routes).items():
            (GOLDEN / name).write_text(text, "utf-8")
            print(GOLDEN / name)
        return
    out = args.out or Path("build/traefik")
    backends = parse_backends(args.backend)
    print(write_config(out, routes, backends, host=args.host, port=args.port))


def main(argv: Sequence[str] | None = None) -> None:
    args = build_parser().parse_args(argv)
    args.run(args)


if __name__ == "__main__":
    main()
