"""Writes the contracts' documents: `python -m tests.contracts.write`.

It refuses what would break a published contract, and never touches an example that is there: that is how
the event was written when its type was new.
"""

import sys

from tests.contracts.compatibility import breaks
from tests.contracts.documents import (
    ASYNCAPI,
    EXAMPLES,
    SCHEMAS,
    asyncapi,
    contracts,
    example_of,
    read,
    schema_of,
    write,
)


def main() -> int:
    """Write everything, or say what stands in the way and write nothing."""
    schemas = {name: schema_of(event) for name, event in contracts().items()}
    published = {name: SCHEMAS / f"{name}.json" for name in schemas}
    faults = [
        f"{name}: {fault}"
        for name, path in published.items()
        if path.exists()
        for fault in breaks(read(path), schemas[name])
    ]
    if faults:
        sys.stderr.write("\n".join([*faults, "A published contract only grows: declare a V2."]) + "\n")
        return 1
    for name, schema in schemas.items():
        write(published[name], schema)
        if not (EXAMPLES / f"{name}.json").exists():
            write(EXAMPLES / f"{name}.json", example_of(contracts()[name]))
    write(ASYNCAPI, asyncapi())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
