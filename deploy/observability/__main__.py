"""`python -m deploy.observability` writes the dashboards, and with `targets` prints what to scrape here."""

import argparse
import json
from pathlib import Path

from deploy.local.places import state_directory
from deploy.local.services import NAMES
from deploy.local.state import State
from deploy.observability.dashboards import ALL

FOLDER = Path(__file__).parent / "dashboards"


def write() -> None:
    for each in ALL:
        (FOLDER / f"{each.name}.json").write_text(each.text(), "utf-8")
        print(f"wrote dashboards/{each.name}.json")


def targets(state: Path) -> str:
    """Return the processes of a running stack on this machine in Prometheus' form for files."""
    found = []
    for each in State(state).read().parts:
        service, _, process = each.name.partition("-")
        # auth's exchange answers by HTTPS alone, and is left to a job of one's own.
        if service in NAMES and process in {"", "worker"} and each.port:
            labels = {"service": service, "process": process or "api"}
            found.append({"targets": [f"127.0.0.1:{each.port}"], "labels": labels})
    return json.dumps(found, indent=1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.observability")
    parser.add_argument("what", nargs="?", choices=("dashboards", "targets"), default="dashboards")
    if parser.parse_args().what == "targets":
        print(targets(state_directory()))
    else:
        write()


if __name__ == "__main__":
    main()
