"""What runs imports here: the worker's own loop, over the module's database."""

from uuid import uuid4

import pytest

from libs.common.testing import Scratch
from libs.platform.process import Platform


@pytest.fixture(scope="module")
async def platform(scratched: Scratch, client: object) -> Platform:
    """The platform of a worker; `client` has filled the directory."""
    made = Platform(scratched.settings, scratched.database)
    await made.begin()
    return made


@pytest.fixture
def mark() -> str:
    """What no other test's rows have in them."""
    return uuid4().hex[:12]
