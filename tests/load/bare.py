"""The reference of every figure: the same rows on the same PostgreSQL, without a product around them.

uvicorn, asyncpg and orjson, one statement a request, as many processes and connections as the product has.
It may not change with the product: what it does is the measure. Its tables stand in bare.sql.
"""

import os
from typing import Any

import asyncpg
import orjson
from uuid_utils import compat

type Body = dict[str, Any]

SHOWN = """id, version, owner_id, account_id, family_name, given_name, email, phone_mask, title, language,
merged_into_id, possible_duplicate_of_id, erased_at, external_system, external_id, created_at, updated_at,
deleted_at"""
PAGE = "deleted_at IS NULL AND merged_into_id IS NULL ORDER BY created_at DESC, id DESC LIMIT 50"
READ = f"SELECT {SHOWN} FROM contact WHERE id = $1"
LIST = f"SELECT {SHOWN} FROM contact WHERE language = $1 AND {PAGE}"
SEARCH = f"SELECT {SHOWN} FROM contact WHERE grams @> ARRAY[$1] AND {PAGE}"
FUNNEL = """SELECT pipeline_id, stage_id, currency, count(*) AS entered, sum(amount_minor)::bigint AS amount,
count(*) FILTER (WHERE stage_kind = 'won') AS won
FROM opportunity WHERE deleted_at IS NULL GROUP BY 1, 2, 3"""
CONTACT = """INSERT INTO contact (id, version, owner_id, subject_id, family_name, given_name, email,
email_key, phone, phone_index, phone_last4_index, phone_mask, title, language, created_at, updated_at)
VALUES ($1, 1, $2, $3, $4, $5, $6, $6, $7, $8, $8, $9, $10, $11, now(), now())"""
KEY = "INSERT INTO subject_key VALUES ($1, 1, 'customer', $2, NULL, '{}', now(), now(), NULL)"
OUTBOX = "INSERT INTO outbox (topic, key, headers, value) VALUES ($1, $2, $3, $4)"
AUDIT = """INSERT INTO audit (actor, action, object_type, object_id, version, changes, correlation_id,
address) VALUES ('user:019a8b1c-7d1e-7c3a-9f20-0d6b5c4a3f21', $1, $2, $3, 1, $4, $5, '127.0.0.1')"""
WIN = """UPDATE opportunity SET version = version + 1, stage_id = $2, stage_kind = 'won',
stage_entered_at = now(), closed_at = now(), updated_at = now()
WHERE id = $1 AND stage_kind = 'open' RETURNING *"""
CONVERT = """UPDATE lead SET version = version + 1, account_id = $2, contact_id = $3, opportunity_id = $4,
converted_at = now(), updated_at = now() WHERE id = $1 AND converted_at IS NULL RETURNING *"""
OPEN = """INSERT INTO opportunity (id, version, owner_id, name, pipeline_id, stage_id, stage_kind,
stage_entered_at, account_id, contact_id, lead_id, amount_minor, currency, created_at, updated_at)
VALUES ($1, 1, $2, $3, $4, $5, 'open', now(), $6, $7, $8, 250000, 'EUR', now(), now())"""
REFERENCE = "INSERT INTO reference (type, id, epoch, version, label, owner_id) VALUES ($1, $2, 0, 0, $3, $4)"
HEADERS = {"content-type": "application/json", "ce_specversion": "1.0", "ce_source": "customer"}
HEADERS |= {"ce_sequence": "1", "ce_epoch": "1", "ce_actor": "user:019a8b1c-7d1e-7c3a-9f20-0d6b5c4a3f21"}
HEADERS |= {"ce_time": "2026-11-01T09:00:00.000000+00:00"}
SEALED, WRAPPED = f"enc.v1.019a8b1c-7d1e-7c3a-9f20-0d6b5c4a3f21.{'A' * 54}", f"kek.v1.2026-11.{'A' * 80}"
PERSONAL = dict.fromkeys(("family_name", "given_name", "email", "phone", "title"), SEALED)


def text(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


async def journal(db: Any, action: str, kind: str, id: Any, state: Body) -> None:
    trace, named = compat.uuid7().hex, HEADERS | {"ce_type": action, "ce_subject": str(id)}
    named |= {"ce_id": str(compat.uuid7()), "ce_correlationid": trace}
    value = text({"occurred_at": HEADERS["ce_time"], "state": state | {"id": id}}).encode()
    await db.execute(OUTBOX, f"crm.bare.{kind}", str(id), text(named), value)
    await db.execute(AUDIT, action, kind, str(id), text({k: (None, v) for k, v in state.items()}), trace)


async def insert(db: Any, _: str, b: Body) -> Body:
    id, subject = compat.uuid7(), compat.uuid7()
    names = (b["family_name"], b["given_name"], b["email"], SEALED, "f" * 64, b["phone"])
    await db.execute(CONTACT, id, b["owner_id"], subject, *names, b["title"], b["language"])
    return b | {"id": id, "subject_id": subject, "version": 1}


async def create(db: Any, value: str, b: Body) -> Body:
    async with db.transaction():
        made = await insert(db, value, b)
        await db.execute(KEY, made["subject_id"], WRAPPED)
        minted = {"wrapped": WRAPPED}
        await journal(db, "bare.subject-key.minted.v1", "subject-key", made["subject_id"], minted)
        await journal(db, "bare.contact.created.v1", "contact", made["id"], b | PERSONAL)
    return made


async def win(db: Any, id: str, b: Body) -> Body:
    async with db.transaction():
        row = dict(await db.fetchrow(WIN, id, b["stage_id"]))
        await journal(db, "bare.opportunity.won.v1", "opportunity", id, row)
    return row


async def convert(db: Any, id: str, b: Body) -> Body:
    account, person, made = (compat.uuid7() for _ in range(3))
    async with db.transaction():
        lead = dict(await db.fetchrow(CONVERT, id, account, person, made))
        owner = lead["owner_id"]
        await db.execute(REFERENCE, "account", account, lead["company_name"], owner)
        await db.execute(REFERENCE, "contact", person, lead["family_name"], owner)
        await db.execute(OPEN, made, owner, b["name"], b["pipeline_id"], b["stage_id"], account, person, id)
        await journal(db, "bare.lead.converted.v1", "lead", id, lead)
        await journal(db, "bare.opportunity.opened.v1", "opportunity", made, b)
    return {"lead_id": id, "account_id": account, "contact_id": person, "opportunity_id": made}


async def read(db: Any, id: str, _: Body) -> Body:
    return dict(await db.fetchrow(READ, id))


async def rows(db: Any, statement: str, *values: str) -> Body:
    return {"items": [dict(row) for row in await db.fetch(statement, *values)]}


ROUTES: dict[str, Any] = {"read": read, "insert": insert, "create": create, "win": win, "convert": convert}
ROUTES |= {"list": lambda db, value, _: rows(db, LIST, value), "funnel": lambda db, *_: rows(db, FUNNEL)}
ROUTES |= {"search": lambda db, value, _: rows(db, SEARCH, value)}
POOL: list[Any] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        size = int(os.environ["BARE_POOL"])
        POOL.append(await asyncpg.create_pool(os.environ["BARE_URL"], min_size=size, max_size=size))
        await send({"type": "lifespan.startup.complete"})
        return
    _, name, value = scope["path"].split("/")
    body = (await receive())["body"]
    async with POOL[0].acquire() as db:
        answer = await ROUTES[name](db, value, orjson.loads(body) if body else {})
    head = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": orjson.dumps(answer, default=str)})
