"""The revision that a release needs is the newest of its files, as Alembic sees them."""

import pytest
from alembic.script import ScriptDirectory

from libs.common.migrate import config_of
from libs.common.revisions import required_revision


class TestRequiredRevision:
    @pytest.mark.parametrize("name", ["auth", "customer", "sales", "analytics"])
    def test_is_what_alembic_calls_the_head(self, name: str) -> None:
        package = f"services.{name}"

        head = ScriptDirectory.from_config(config_of(package)).get_current_head()

        assert required_revision(package) == head

    def test_is_empty_without_migrations(self) -> None:
        assert required_revision("services.none") == ""
