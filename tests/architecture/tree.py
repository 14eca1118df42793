"""Where files stand: a service's folder and an aggregate's folder hold what architecture.md names."""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PRODUCT, ROOT

SERVICE_FILES = {"__init__.py", "README.md", "main.py", "worker.py", "settings.py", "handlers.py", "jobs.py"}
SERVICE_NEEDS = {"README.md", "main.py", "worker.py", "settings.py", "handlers.py", "migrations"}
OWNED = {"__init__.py", "model.py", "commands.py", "queries.py", "schemas.py", "api.py"}
PROJECTED = {"__init__.py", "projection.py", "queries.py", "schemas.py", "api.py"}
MIGRATIONS = {"__init__.py", "env.py", "script.py.mako", "versions"}
# Modules of one service that are neither a door nor an aggregate, each for its reason.
EXPLAINED = {
    "auth/exchange.py",  # A third process: what the gateway asks about cookies and API keys, by HTTP/2.
    "auth/origins.py",  # Signing in by a browser and every later use of its cookie judge origins alike.
    "auth/answers.py",  # A refused guess is answered, so that it is counted; three aggregates do.
    "auth/proofs.py",  # A password is asked for again before it, or a second factor, is changed.
    "auth/passwords.py",  # Whoever sets a password, by whichever door, meets the same rules and hash.
    "auth/quotas.py",  # Counts in Valkey, which is nobody's record.
    "auth/wording.py",  # The texts of mails about a sign-in in both languages.
    "auth/directory.py",  # Everything that auth publishes takes its version from the directory's one head.
    "ticketing/clocks.py",  # The clocks of a ticket are mixed into its model, which is long enough without.
    "ticketing/business_time.py",  # Calendars say when we work, and tickets count by it.
    "marketing/audience.py",  # What customer tells of contacts, segments and consents.
    "marketing/pages.py",  # What the holder of a link sees is no part of the API.
    "marketing/rendering.py",  # Templates are checked and mails are written by the same rules.
    "customer/conditions.py",  # The language of rules, read before anything is asked of a database.
    "customer/file_keys.py",  # What stands in an imported file is sealed by commands and by what runs them.
    "customer/headings.py",  # What people call their columns, for guesses and for templates.
    "customer/import_chunks.py",  # Some rows of an import, and what becomes of them: no command, but many.
    "customer/importing.py",  # The loop that runs imports, with the commands that jobs.py gives it.
    "customer/intake.py",  # From a row of texts to what the API's schemas take.
    "customer/mapping.py",  # What fills which field is asked at the door, before a row is read.
    "customer/rules.py",  # A rule as SQL over four aggregates, whose queries it joins.
    "customer/matching.py",  # Accounts and contacts find possible duplicates by the same rules.
    "integration/dispatching.py",  # Mail and webhooks leave by the same loop: claim, carry, settle.
    "integration/mailing.py",  # The mail server: messages as RFC 5322 wants them, and the connections.
    "integration/matching.py",  # Which events a webhook wants, for its schemas and its commands alike.
    "integration/outbound.py",  # The one way out to somebody else's address.
    "integration/posting.py",  # One attempt at a delivery, which commands prepare and a loop makes.
    "integration/signing.py",  # Standard Webhooks: secrets and signatures.
    "integration/wording.py",  # The texts of notifications in both languages.
}
NOWHERE = {"service.py", "utils.py", "helpers.py", "base.py", "manager.py"}
IGNORED = {"__pycache__"}


def misplaced(root: Path = ROOT) -> list[str]:
    """Name every file or folder that stands where nobody would look for it, and every missing one."""
    found = [*_nameless(root)]
    for service in _entries(root / "services"):
        if service.is_dir():
            found += _service(service)
    return [str(line) for line in found]


def _service(service: Path) -> Iterator[str]:
    names = {entry.name for entry in _entries(service)}
    needs = SERVICE_NEEDS - {"handlers.py"} if _projects(service) else SERVICE_NEEDS
    yield from (f"{service.name}: {name} is missing" for name in sorted(needs - names))
    for entry in _entries(service):
        if entry.name == "migrations":
            yield from _unexpected(entry, MIGRATIONS)
        elif entry.is_dir():
            yield from _aggregate(service, entry)
        elif entry.name not in SERVICE_FILES and f"{service.name}/{entry.name}" not in EXPLAINED:
            yield f"{service.name}/{entry.name} has no place in a service"


def _aggregate(service: Path, folder: Path) -> Iterator[str]:
    if not _projects(service) and not folder.name.endswith("s"):
        yield f"{service.name}/{folder.name} is not plural"
    yield from _unexpected(folder, PROJECTED if _projects(service) else OWNED)


def _projects(service: Path) -> bool:
    """Tell the service that only folds events: it has no commands, so it has no handlers that run them."""
    return service.name == "analytics"


def _unexpected(folder: Path, allowed: set[str]) -> Iterator[str]:
    for entry in _entries(folder):
        if entry.name not in allowed:
            yield f"{folder.parent.name}/{folder.name}/{entry.name} has no place there"


def _nameless(root: Path) -> Iterator[str]:
    for folder in PRODUCT:
        for path in sorted((root / folder).rglob("*.py")):
            if path.name in NOWHERE:
                yield f"{path.relative_to(root)} is named after nothing it does"


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.glob("*") if entry.name not in IGNORED and _holds_files(entry))


def _holds_files(entry: Path) -> bool:
    """Tell a folder that holds files from one that only an old __pycache__ keeps alive."""
    inside = (path for path in entry.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return entry.is_file() or next(inside, None) is not None
