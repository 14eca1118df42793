"""How long PostgreSQL takes for a page of fifty of a million, by how far the viewer's role reaches.

The statements are the product's own, asked through its own pool; only the rows are made up.
"""

from statistics import quantiles
from time import perf_counter

from sqlalchemy import text

from libs.common.listing import Listing
from libs.common.listing_plans import Plan
from libs.common.reads import Asked, ReadPool, Row
from libs.common.testing import Scratch, scratch
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.customer.accounts import queries as accounts
from services.customer.accounts.model import Account
from tests.factories.directory import department, role, uid, user
from tests.figures import Figures

DEPARTMENTS, PEOPLE, BRANCH = 156, 3_000, 12
FIRST = 10_000
# Viewers by the scope of their role and their department, and the milliseconds that 95 of 100 pages may take.
VIEWERS = {
    "own": ("own", 5, 5),
    "team": ("department", 6, 5),
    "all": ("all", 7, 5),
    "tree": ("tree", 4, 25),
    "tree of the whole company": ("tree", 1, 25),
}
_FILL = """
INSERT INTO account (id, version, owner_id, name, name_key, created_at, updated_at)
SELECT uuidv7(), 1, CAST(lpad(to_hex(CAST(:first AS int) + who), 32, '0') AS uuid),
  'Account ' || n, 'account ' || n, at, at
FROM (
  SELECT n, now() - n * interval '1 minute' AS at, CAST(floor(random() * CAST(:last AS int)) AS int) AS who
  FROM generate_series(1, CAST(:rows AS int)) AS n
) AS made
"""


class Watched(ReadPool):
    """Notes how long each statement took, in milliseconds."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 1)
        self.took: list[float] = []

    async def rows(self, asked: Asked) -> list[Row]:
        began = perf_counter()
        found = await super().rows(asked)
        self.took.append(1000 * (perf_counter() - began))
        return found


def company() -> Directory:
    """Departments of a dozen below each other, people evenly among them, a viewer for each scope."""
    made = Directory()
    places = [
        department(n, parent=(n - 1) // BRANCH or 1 if n > 1 else None) for n in range(1, DEPARTMENTS + 1)
    ]
    roles = [role(2000 + at, {"account:read": scope}) for at, (scope, _, _) in enumerate(VIEWERS.values())]
    viewers = [
        user(FIRST + at, department=place, roles=[2000 + at])
        for at, (_, place, _) in enumerate(VIEWERS.values())
    ]
    others = [user(FIRST + n, department=1 + n % DEPARTMENTS) for n in range(len(viewers), PEOPLE)]
    made.apply([*places, *roles, *viewers, *others])
    return made


async def measure(figures: Figures, rows: int, times: int) -> None:
    """Fill a database, and note how long the pages of each viewer took."""
    async with scratch("customer") as lent:
        await _fill(lent, rows)
        figures.sample("list rows", rows)
        directory, scanned = company(), list[str]()
        for at, (name, (_, _, bar)) in enumerate(VIEWERS.items()):
            took, plan = await _asked(lent, Actor(uid(FIRST + at), directory), times)
            scanned += [name for line in plan if "Seq Scan" in line]
            figures.at_most(f"list p95 {name}", round(quantiles(took, n=20)[-1], 2), bar, "ms")
        figures.exactly("lists that read the whole table", len(scanned), 0)


async def _fill(lent: Scratch, rows: int) -> None:
    async with lent.database.engine.connect() as connection:
        for limit in ("statement_timeout", "transaction_timeout"):
            await connection.execute(text(f"SET {limit} = 0"))
        await connection.execute(text(_FILL), {"first": FIRST, "last": PEOPLE, "rows": rows})
        await connection.commit()
    async with lent.database.reading.connect() as connection:
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text("VACUUM ANALYZE account"))


async def _asked(lent: Scratch, actor: Actor, times: int) -> tuple[list[float], list[str]]:
    """Return how long each page took, and the plan of its statement."""
    pool = Watched(lent.settings.database_url)
    try:
        plan = _page(pool, actor)
        for _ in range(times):
            assert await pool.rows(plan)
        took = pool.took[len(pool.took) // 10 :]
        explained = await pool.rows(Asked(f"EXPLAIN {plan.text}", plan.values))
        return took, [str(row[0]) for row in explained]
    finally:
        await pool.close()


def _page(pool: ReadPool, actor: Actor) -> Asked:
    """Return the statement of the first page of fifty, as the API would send it."""
    scope = actor.sees("account:read", Account.owner_id)
    plan: Plan = vars(Listing)["_plan"](accounts.LISTING, pool, accounts.LISTING.parse([]), scope)
    return plan.make("page")
