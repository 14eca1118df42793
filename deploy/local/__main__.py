"""`python -m deploy.local <verb>`: start, stop, look at, keep and test the platform of this machine."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from deploy.local import audit, doctor, keks, lifecycle, rebuild, report, sandbox, supervise
from deploy.local.places import state_directory
from deploy.local.process import CommandFailedError
from deploy.local.state import State

INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="start everything and return when a login works")
    verbs.add_parser("down", help="stop everything; the data stays")
    status = verbs.add_parser("status", help="show parts, health and memory")
    status.add_argument("--json", action="store_true")
    logs = verbs.add_parser("logs", help="print the ends of the logs")
    logs.add_argument("part", nargs="?")
    logs.add_argument("--lines", type=int, default=40)
    logs.add_argument("--follow", action="store_true")
    verbs.add_parser("reset", help="delete all data (asks; YES=1 does not)")
    verbs.add_parser("doctor", help="look for what could stand in the way")
    kill = verbs.add_parser("kill", help="kill -9 a part; the supervisor restarts it")
    kill.add_argument("part")
    again = verbs.add_parser("rebuild", help="build read models anew from the log and swap them in")
    again.add_argument("models", nargs="+")
    trails = verbs.add_parser("audit-verify", help="walk the audit trails and name the first broken row")
    trails.add_argument("services", nargs="*")
    rotation = verbs.add_parser("rotate-kek", help="wrap every key under a new key-encryption key")
    rotation.add_argument("--drop", metavar="NAME", help="end an old one instead, once nothing is under it")
    restored = verbs.add_parser("restore-replay", help="erase again who was erased since a backup")
    restored.add_argument("service")
    verbs.add_parser("supervise", help="run in the foreground (what `up` starts)")
    test = verbs.add_parser("test", help="run a command with private servers")
    test.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def run(args: argparse.Namespace) -> int:
    if args.verb == "test":
        return sandbox.main(args.command[1:] if args.command[:1] == ["--"] else args.command)
    state = State(state_directory())
    match args.verb:
        case "status":
            return report.status(state, as_json=args.json)
        case "doctor" | "supervise" as verb:
            return {"doctor": doctor.doctor, "supervise": supervise.supervise}[verb](state)
        case "rebuild" | "audit-verify" | "rotate-kek" | "restore-replay":
            return _kept(state, args)
        case "logs":
            report.logs(state, args.part, lines=args.lines, follow=args.follow)
        case "kill":
            kill(state, args.part)
        case verb:
            {"up": lifecycle.up, "down": lifecycle.down, "reset": lifecycle.reset}[verb](state)
    return 0


def _kept(state: State, args: argparse.Namespace) -> int:
    """Run what an operator does to a platform that runs; return the exit code."""
    if args.verb == "rebuild":
        return rebuild.rebuild(state, args.models)
    if args.verb == "audit-verify":
        return audit.verify(state, args.services)
    if args.verb == "restore-replay":
        return rebuild.replay(state, args.service)
    return keks.drop(state, args.drop) if args.drop else keks.rotate(state)


def kill(state: State, name: str) -> None:
    found = {part.name: part for part in state.read().parts}
    process = found[name].process() if name in found else None
    if process is None:
        raise CommandFailedError(f"no process of ours is called {name}")
    os.kill(process.pid, signal.SIGKILL)
    print(f"plexus: killed {name} ({process.pid})")


def main(argv: Sequence[str] | None = None) -> int:
    try:
        return run(build_parser().parse_args(argv))
    except CommandFailedError as error:
        print(f"plexus: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
