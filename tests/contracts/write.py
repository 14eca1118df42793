"""Writes the contracts' documents: `python -m tests.contracts.write`.

It refuses what would break a published contract, and never touches an example that is published: that is how
the event was written when its type was new. Published is what stands in the last commit.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.contracts.catalogue import PAGES, page
from tests.contracts.compatibility import breaks
from tests.contracts.documents import (
    ASYNCAPI,
    EXAMPLES,
    SCHEMAS,
    Json,
    asyncapi,
    contracts,
    example_of,
    schema_of,
    write,
)
from tests.figures import ROOT


def published(path: Path) -> Json | None:
    """Return a document as the last commit has it, None for one that was never committed."""
    name = f"HEAD:{path.relative_to(ROOT)}"
    shown = subprocess.run(["git", "show", name], cwd=ROOT, capture_output=True, text=True, check=False)
    found: Json | None = json.loads(shown.stdout) if shown.returncode == 0 else None
    return found


def main() -> int:
    """Write everything, or say what stands in the way and write nothing."""
    schemas = {name: schema_of(event) for name, event in contracts().items()}
    faults = [
        f"{name}: {fault}"
        for name, schema in schemas.items()
        for fault in breaks(published(SCHEMAS / f"{name}.json") or schema, schema)
    ]
    if faults:
        sys.stderr.write("\n".join([*faults, "A published contract only grows: declare a V2."]) + "\n")
        return 1
    for name, schema in schemas.items():
        write(SCHEMAS / f"{name}.json", schema)
        if published(EXAMPLES / f"{name}.json") is None:
            write(EXAMPLES / f"{name}.json", example_of(contracts()[name]))
    write(ASYNCAPI, asyncapi())
    for path in PAGES:
        path.write_text(page(path), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
