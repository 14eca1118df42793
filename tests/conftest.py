"""Load what every suite shares; nothing else stands here."""

from importlib.util import find_spec

pytest_plugins = [name for name in ("libs.common.testing", "tests.seconds") if find_spec(name) is not None]
