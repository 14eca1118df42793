"""Mail as it leaves: what stands in it, what can't get into it, and what the server's answer means."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from libs.common.ids import new_id
from libs.common.testing import FakeClock
from services.integration.mailing import (
    Channel,
    Fate,
    Mail,
    MalformedError,
    Server,
    address,
    compose,
)
from tests.factories.integration import NOW
from tests.factories.integration_servers import MailServer, mail_server

SENDER = "no-reply@plexus.example"


def make_mail(*, message_id: str = "<one@plexus.example>", seconds: float = 20, **fields: str | None) -> Mail:
    given: dict[str, str | None] = {
        "to": "li.wei@example.com",
        "subject_line": "Spring offer",
        "text": "Dear Li Wei",
        "html": "<p>Dear Li Wei</p>",
        "from_name": "Acme, Inc.",
        **fields,
    }
    return Mail(new_id(), message_id, given, NOW, NOW + timedelta(seconds=seconds), 1)


def with_fields(fields: dict[str, str | None]) -> Mail:
    mail = make_mail()
    return replace(mail, fields={**mail.fields, **fields})


def composed(mail: Mail) -> EmailMessage:
    return message_from_bytes(compose(mail, SENDER), _class=EmailMessage, policy=default)


class TestCompose:
    def test_writes_both_forms_of_the_text(self) -> None:
        made = composed(make_mail(text="您好", html="<p>您好</p>"))

        plain, html = made.get_body(("plain",)), made.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert (plain.get_content().strip(), html.get_content().strip()) == ("您好", "<p>您好</p>")
        assert made.get_content_type() == "multipart/alternative"

    def test_names_sender_recipient_subject_and_id(self) -> None:
        made = composed(make_mail(subject_line="春季优惠", reply_to="help@acme.example"))

        assert made["Subject"] == "春季优惠"
        assert (made["From"], made["To"]) == (f'"Acme, Inc." <{SENDER}>', "li.wei@example.com")
        assert (made["Reply-To"], made["Message-ID"]) == ("help@acme.example", "<one@plexus.example>")
        assert made["Date"].datetime == NOW

    def test_is_the_same_mail_at_each_attempt(self) -> None:
        mail = make_mail(html=None)

        assert compose(mail, SENDER) == compose(mail, SENDER)

    def test_offers_one_click_to_unsubscribe(self) -> None:
        link = "https://crm.example/l/u/" + "t" * 300

        raw = compose(make_mail(list_unsubscribe_url=link), SENDER)

        assert f"List-Unsubscribe: <{link}>\r\n".encode() in raw
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw

    def test_names_the_mail_that_it_answers(self) -> None:
        made = composed(make_mail(in_reply_to="<before@example.com>"))

        assert (made["In-Reply-To"], made["References"]) == ("<before@example.com>", "<before@example.com>")

    @pytest.mark.parametrize("field", ["subject_line", "from_name", "text"])
    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x00"], ids=range(7))
    def test_lets_no_text_begin_a_header(self, field: str, end: str) -> None:
        evil = f"Offer{end}Bcc: everybody@example.com{end}{end}body"

        made = composed(with_fields({field: evil}))

        assert made["Bcc"] is None
        assert sorted(set(made.keys())) == [
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
        ]

    @pytest.mark.parametrize(
        "fields",
        [
            {"to": ""},
            {"to": None},
            {"to": "nobody"},
            {"to": "[erased]"},
            {"to": "a@b.c\r\nBcc: x@y.z"},
            {"to": "a@b.c, d@e.f"},
            {"to": "<a@b.c>"},
            {"to": "李伟@example.com"},
            {"to": "a@" + "x" * 100 + ".com"},
            {"reply_to": "help\n@acme.example"},
            {"in_reply_to": "no id"},
            {"list_unsubscribe_url": "javascript:alert(1)"},
            {"list_unsubscribe_url": "https://a.b/>\r\nBcc: x@y.z"},
        ],
        ids=range(13),
    )
    def test_refuses_what_is_no_mail(self, fields: dict[str, str | None]) -> None:
        with pytest.raises(MalformedError):
            compose(with_fields(fields), SENDER)

    @pytest.mark.parametrize("id", ["", "one@two", "<one>", "<a@b>\r\nBcc: x@y.z", "<a b@c>"], ids=range(5))
    def test_refuses_what_is_no_message_id(self, id: str) -> None:
        with pytest.raises(MalformedError):
            compose(make_mail(message_id=id), SENDER)

    def test_writes_a_foreign_domain_as_servers_do(self) -> None:
        assert address(" li@例子.example ") == "li@xn--fsqu00a.example"


class TestServer:
    def test_reads_an_address_with_everything(self) -> None:
        read = Server.read("smtp://me%40here:s%2Fecret@mail.example:587?starttls=required")

        assert (read.host, read.port, read.user, read.password) == ("mail.example", 587, "me@here", "s/ecret")
        assert (read.is_tls, read.start_tls) == (False, True)

    @pytest.mark.parametrize(
        ("url", "port", "is_tls", "start_tls"),
        [
            ("smtp://mail.example", 25, False, None),
            ("smtps://mail.example", 465, True, False),
            ("smtp://mail.example?starttls=never", 25, False, False),
        ],
    )
    def test_knows_what_is_usual(self, url: str, port: int, is_tls: bool, start_tls: bool | None) -> None:  # noqa: FBT001 - a table
        read = Server.read(url)

        assert (read.port, read.is_tls, read.start_tls) == (port, is_tls, start_tls)

    @pytest.mark.parametrize(
        "url", ["http://mail.example", "smtp://", "smtp://mail.example?starttls=perhaps"]
    )
    def test_refuses_anything_else(self, url: str) -> None:
        with pytest.raises(ValueError, match="PLEXUS_SMTP_URL"):
            Server.read(url)

    def test_hides_the_password(self) -> None:
        assert "secret" not in repr(Server.read("smtp://me:secret@mail.example"))


class TestChannel:
    @pytest.fixture
    async def there(self) -> AsyncIterator[MailServer]:
        async with mail_server() as lent:
            yield lent

    @pytest.fixture
    async def channel(self, there: MailServer) -> AsyncIterator[Channel]:
        opened = Channel(
            Server.read(f"smtp://127.0.0.1:{there.port}?starttls=never"), SENDER, 2, FakeClock(NOW)
        )
        yield opened
        await opened.close()

    async def test_sends_many_over_one_connection(self, there: MailServer, channel: Channel) -> None:
        results = [await channel.send(make_mail(message_id=f"<{number}@x.y>")) for number in range(5)]

        assert {each.fate for each in results} == {Fate.TAKEN}
        assert [mail["Message-ID"] for mail in there.taken] == [f"<{number}@x.y>" for number in range(5)]
        assert (there.recipients, there.connections) == (["li.wei@example.com"] * 5, 1)

    @pytest.mark.parametrize(
        ("answer", "fate"), [("550 5.1.1 Unknown", Fate.REFUSED), ("451 4.7.1 Later", Fate.UNCLEAR)]
    )
    async def test_reads_the_answer_for_a_recipient(
        self, there: MailServer, channel: Channel, answer: str, fate: Fate
    ) -> None:
        there.to_recipients.append(answer)

        refused = await channel.send(make_mail())
        after = await channel.send(make_mail())

        assert (refused.fate, refused.code) == (fate, int(answer[:3]))
        assert (after.fate, there.connections) == (Fate.TAKEN, 1)

    @pytest.mark.parametrize(("answer", "fate"), [("554 Spam", Fate.REFUSED), ("452 Full", Fate.UNCLEAR)])
    async def test_reads_the_answer_for_a_mail(
        self, there: MailServer, channel: Channel, answer: str, fate: Fate
    ) -> None:
        there.to_mails.append(answer)

        result = await channel.send(make_mail())

        assert (result.fate, result.code, there.taken) == (fate, int(answer[:3]), [])

    async def test_begins_nothing_that_its_lease_may_not_see_the_end_of(
        self, there: MailServer, channel: Channel
    ) -> None:
        result = await channel.send(make_mail(seconds=3))

        assert (result.fate, there.connections) == (Fate.UNTRIED, 0)

    async def test_knows_what_can_never_be_sent(self, there: MailServer, channel: Channel) -> None:
        result = await channel.send(make_mail(to="nobody"))

        assert (result.fate, there.connections) == (Fate.MALFORMED, 0)

    async def test_takes_silence_for_nothing_but_silence(self) -> None:
        channel = Channel(Server.read("smtp://127.0.0.1:9?starttls=never"), SENDER, 2, FakeClock(NOW))

        assert (await channel.send(make_mail())).fate is Fate.UNCLEAR

    async def test_comes_back_after_the_server_went(self, there: MailServer, channel: Channel) -> None:
        await channel.send(make_mail())
        there.to_mails.append("421 Going down")

        gone = await channel.send(make_mail())
        back = await channel.send(make_mail())

        assert (gone.fate, back.fate) == (Fate.UNCLEAR, Fate.TAKEN)
