"""Which schema this release's code needs; apart from Alembic, which servers have no reason to load."""

from pathlib import Path

_ROOT = Path(__file__).parents[2]


def required_revision(package: str) -> str:
    """Return the newest revision of a service: its files are named `<four digits>_<what>.py`; "" for none."""
    versions = _ROOT.joinpath(*package.split("."), "migrations", "versions")
    return max((file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py")), default="")
