"""A campaign across three services: the mail arrives, its links tell what was done, and a no is heard."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.stack import Stack, expect, seconds_until

HTML = (
    '<p>Dear {{ contact.full_name }}</p><p><a href="https://shop.example.com/offer">Look</a></p>'
    '<p><a href="{{ unsubscribe_url }}">No more</a></p>'
)
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
LINK = r"https://[^/\s\"]+(/l/{}/[\w-]+)"


def mails_to(stack: Stack, address: str) -> list[EmailMessage]:
    """What the mailbox of the stack took for an address."""
    files = sorted((stack.state.path / "mail").glob("*.eml"))
    mails: list[Any] = [message_from_bytes(each.read_bytes(), policy=default) for each in files]
    return [each for each in mails if address in str(each["To"])]


async def created(client: httpx.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    return expect(await client.post(path, json=fields), 201)


async def a_person_who_agreed(client: httpx.AsyncClient, address: str) -> tuple[str, str]:
    """A contact with his consent, in a segment of his own; the ids of both."""
    contact = await created(client, "/contacts", family_name="王", given_name="伟", email=address)
    said = {"purpose": "marketing", "channel": "email", "wording_version": "1", "source": "web form"}
    await created(client, "/consents", contact_id=contact["id"], **said)
    segment = await created(client, "/segments", name=f"Segment {address}", kind="static")
    members = f"/segments/{segment['id']}/members"
    answer = await client.post(members, json={"contact_ids": [contact["id"]]})
    assert answer.is_success, answer.text
    return contact["id"], segment["id"]


async def launched(client: httpx.AsyncClient, template_id: str, segment_id: str) -> str:
    """Launch a campaign to a segment of one; marketing may have to hear of him first."""
    facts = {"name": "Spring", "from_name": "Acme", "template_id": template_id, "segment_id": segment_id}

    async def recipients() -> int:
        campaign = await created(client, "/campaigns", **facts)
        begun = expect(await client.post(f"/campaigns/{campaign['id']}/launch"), 200)
        ids.append(begun["id"])
        return int(begun["counts"]["recipients"])

    ids: list[str] = []
    await seconds_until(recipients, 1)
    return ids[-1]


async def test_a_campaign_reaches_a_person_and_hears_him(
    stack: Stack, administrator: httpx.AsyncClient
) -> None:
    address = f"{uuid4().hex}@example.com"
    contact_id, segment_id = await a_person_who_agreed(administrator, address)
    words = {"name": "Spring", "language": "zh", "subject": "{{ contact.full_name }}", "html": HTML}
    template = await created(administrator, "/templates", **words)
    campaign_id = await launched(administrator, template["id"], segment_id)

    async def counts() -> dict[str, int]:
        found = expect(await administrator.get(f"/campaigns/{campaign_id}"), 200)
        return {name: found["counts"][name] for name in ("sent", "opened", "clicked", "unsubscribed")}

    async def status() -> str:
        return str(expect(await administrator.get(f"/campaigns/{campaign_id}"), 200)["status"])

    await seconds_until(status, "finished", 60)
    (mail,) = mails_to(stack, address)
    body = mail.get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    links = {place: re.findall(LINK.format(place), html)[0] for place in "ocu"}
    assert (mail["Subject"], mail["List-Unsubscribe-Post"]) == ("王伟", "List-Unsubscribe=One-Click")
    assert links["u"] in str(mail["List-Unsubscribe"])

    root = stack.url.removesuffix("/api/v1")
    async with httpx.AsyncClient(base_url=root, verify=stack.trust, headers=READER) as reader:
        # A reader is not there within the two seconds that a scanner takes.
        await seconds_until(lambda: looked(reader, links["o"], counts), 1, 60)
        followed = await reader.get(links["c"])
        assert (followed.status_code, followed.headers["location"]) == (302, "https://shop.example.com/offer")
        assert (await reader.get(links["u"])).status_code == 200
        assert await counts() == {"sent": 1, "opened": 1, "clicked": 1, "unsubscribed": 0}
        assert (await reader.post(links["u"])).status_code == 200
        assert (await reader.get(f"{links['c']}x")).status_code == 404

    async def consent() -> list[str]:
        found = expect(await administrator.get(f"/consents?contact_id={contact_id}"), 200)
        return [each["status"] for each in found["items"]]

    await seconds_until(consent, ["withdrawn"])
    assert (await counts())["unsubscribed"] == 1
    again = await launched(administrator, template["id"], segment_id)

    async def reasons() -> list[str | None]:
        found = expect(await administrator.get(f"/campaigns/{again}/members"), 200)
        return [each["reason"] for each in found["items"]]

    refused = ("no-consent", "suppressed")
    await seconds_until(lambda: among(reasons, refused), wanted=True)
    assert len(mails_to(stack, address)) == 1


async def looked(reader: httpx.AsyncClient, link: str, counts: Any) -> int:
    """Open the mail, and return how many people are known to have."""
    assert (await reader.get(link)).status_code == 200
    return int((await counts())["opened"])


async def among(reasons: Any, wanted: tuple[str, ...]) -> bool:
    return [each in wanted for each in await reasons()] == [True]
