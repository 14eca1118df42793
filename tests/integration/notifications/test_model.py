"""The rules of a notification."""

from datetime import timedelta

from libs.contracts.integration import NotificationCreated, NotificationRead
from tests.factories.integration import NOW, make_notification

LATER = NOW + timedelta(minutes=1)


class TestNotification:
    def test_begins_unread(self) -> None:
        notification = make_notification()

        (waiting,) = notification.__dict__["_waiting"]
        assert isinstance(waiting.event, NotificationCreated)
        assert notification.state().read_at is None

    def test_is_read_once(self) -> None:
        notification = make_notification()

        notification.read(LATER)
        notification.read(LATER + timedelta(minutes=1))

        told = [type(each.event) for each in notification.__dict__["_waiting"]]
        assert (notification.read_at, told) == (LATER, [NotificationCreated, NotificationRead])
