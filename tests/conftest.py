"""Load what every suite shares; nothing else stands here."""

pytest_plugins = ["libs.common.testing", "tests.seconds", "tests.order"]
