"""`python -m deploy.local up|down|status|logs|reset|doctor|kill|test`."""

import sys

from deploy.local import sandbox
from deploy.local.process import CommandFailedError

if sys.argv[1:2] == ["test"]:
    words = sys.argv[2:]
    try:
        sys.exit(sandbox.main(words[1:] if words[:1] == ["--"] else words))
    except CommandFailedError as error:
        sys.exit(f"plexus: {error}")
