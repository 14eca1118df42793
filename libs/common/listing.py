"""Lists: what may be read, filtered and sorted, declared once per aggregate, straight from SQL to JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Integer, Select, and_, any_, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing_cursor import SortKey, after, decode, encode
from libs.common.listing_filters import Column, Filter, Predicate, compile_filter
from libs.common.listing_plans import COUNT_CAP, SURELY_LONG, Kept, Plan, total
from libs.common.listing_values import kind_of
from libs.common.problems import BadRequest, FieldError, NotFound
from libs.common.reads import Asked, ReadPool, Row, Shapes, asking

__all__ = ["COUNT_CAP", "Filter", "ListQuery", "Listing", "Predicate", "Source"]

# Where rows come from: the pool of hot reads, or whatever the caller has open.
type Source = AsyncConnection | AsyncSession | ReadPool

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
MOST_SORT_KEYS = 3
# Stands for the id of a record in a statement that is kept for all of them.
_ANY = object()
_CONTROLS = ("limit", "cursor", "sort", "fields")


@dataclass(frozen=True, eq=False)
class ListQuery:
    """A request for one page, read and checked: ready to compile; the same one for the same parameters."""

    limit: int
    fields: tuple[str, ...]
    predicates: tuple[Predicate, ...]
    keys: tuple[SortKey, ...]
    after: tuple[Any, ...] | None
    context: str


@dataclass(frozen=True)
class Listing:
    """The list of one aggregate.

    `columns` are the readable fields by their public names, all of one table; `sorts` names those to sort by;
    `tie_breaker` is the unique column that makes each order total. `unless_filtered` holds predicates that
    apply as long as the caller does not filter by that field (such as deleted_at). `shape` may turn a row,
    a dictionary by public name, into what is shown.
    """

    name: str
    columns: Mapping[str, Column]
    filters: dict[str, Filter]
    sorts: Sequence[str]
    default_sort: str = "-created_at"
    tie_breaker: str = "id"
    unless_filtered: Mapping[str, Predicate] = field(default_factory=dict)
    shape: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    def parse(self, parameters: Iterable[tuple[str, str]]) -> ListQuery:
        """Read a query string's (name, value) pairs.

        Raises BadRequest with a slug that says what is wrong: unknown-parameter, bad-filter, bad-limit,
        bad-sort, bad-fields, bad-cursor, bad-parameter (given twice).
        """
        asked = tuple(parameters)
        known = self._parsed.get(asked)
        return self._parsed.keep(asked, self._parse(_once(asked))) if known is None else known

    async def page(
        self,
        source: Source,
        query: ListQuery,
        scope: Predicate | None = None,
    ) -> bytes:
        """Return `{"items": […], "next_cursor": …, "total": {"count": n, "capped": bool}}` as JSON.

        `scope` limits what this caller may see, in the items and in the total alike. One statement when the
        whole answer fits the page, else two.
        """
        rows, count = await self._found(source, query, scope)
        shown, width = rows[: query.limit], len(query.fields)
        items = [dict(zip(query.fields, row[:width], strict=True)) for row in shown]
        last = shown[-1][width : width + len(query.keys)] if len(rows) > query.limit else None
        page = {
            "items": items if self.shape is None else [self.shape(item) for item in items],
            "next_cursor": None if last is None else encode(last, query.context),
            "total": total(count),
        }
        return orjson.dumps(page, default=str, option=orjson.OPT_UTC_Z)

    def select_page(self, query: ListQuery, scope: Predicate | None = None) -> Select[Any]:
        """Return the statement of one page: the fields, then the sort values, one row more than the limit."""
        return self._statements["page"](query, self._beyond(query, scope))

    def select_total(self, query: ListQuery, scope: Predicate | None = None) -> Select[int]:
        """Return the statement that counts all matching rows, up to a good many more than are told."""
        return self._statements["total"](query, self._matching(query, scope))

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters; give them to a route as `openapi_extra={"parameters": …}`."""
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
        sorts = "|".join(self.sorts)
        sort = f"^-?({sorts})(,-?({sorts})){{0,{MOST_SORT_KEYS - 1}}}$"
        names = {"type": "array", "items": {"type": "string", "enum": list(self.columns)}, "minItems": 1}
        controls: list[dict[str, Any]] = [
            {"name": "limit", "in": "query", "schema": limit},
            {"name": "cursor", "in": "query", "schema": {"type": "string", "maxLength": 8000}},
            {"name": "sort", "in": "query", "schema": {"type": "string", "pattern": sort}},
            {"name": "fields", "in": "query", "style": "form", "explode": False, "schema": names},
        ]
        return controls + [each for name, shown in self.filters.items() for each in shown.parameters(name)]

    async def read(self, source: Source, identity: Any, scope: Predicate | None = None) -> dict[str, Any]:
        """Return one record by its public names; raises NotFound for none within the scope."""
        if isinstance(source, ReadPool):
            ask = self._ones.get(scope) or self._ones.keep(scope, self._by_id(scope))
            rows: Sequence[Row] = await source.rows(ask(identity))
        else:
            statement = self._select_all().where(self._one(identity, scope))
            rows = (await source.execute(statement)).all()
        if not rows:
            raise NotFound
        found = dict(zip(self.columns, rows[0], strict=True))
        return found if self.shape is None else self.shape(found)

    async def _found(
        self, source: Source, query: ListQuery, scope: Predicate | None
    ) -> tuple[Sequence[Row], int]:
        """Return the rows of a page, one more where there are more, and how many there are in all."""
        if isinstance(source, ReadPool):
            # Of pages and scopes that are made anew for each request, each is another one.
            key = (source, query, scope)
            return await (self._plans.get(key) or self._plans.keep(key, self._plan(*key))).found()
        rows = (await source.execute(self.select_page(query, scope))).all()
        # The first page that holds everything has counted it already.
        if query.after is None and len(rows) <= query.limit:
            return rows, len(rows)
        return rows, (await source.execute(self.select_total(query, scope))).scalar_one()

    def _plan(self, pool: ReadPool, query: ListQuery, scope: Predicate | None) -> Plan:
        order = tuple((key.name, key.descending) for key in query.keys)

        def make(name: str) -> Asked:
            condition = self._beyond(query, scope) if name == "page" else self._matching(query, scope)
            shape = (name, query.limit, query.fields, order) if name != "total" else (name,)
            return self._shapes.ask(shape, condition, lambda: self._statements[name](query, condition))

        return Plan(pool, make, self._short, query.limit, query.after is None)

    @property
    def _table(self) -> Any:
        return self.columns[self.tie_breaker].expression.table

    @staticmethod
    def _matching(query: ListQuery, scope: Predicate | None) -> Predicate:
        return and_(true(), *query.predicates, *(() if scope is None else (scope,)))

    def _beyond(self, query: ListQuery, scope: Predicate | None) -> Predicate:
        matching = self._matching(query, scope)
        return matching if query.after is None else and_(matching, after(query.keys, query.after))

    @cached_property
    def _statements(self) -> dict[str, Callable[[ListQuery, Predicate], Select[Any]]]:
        return {"page": self._select_page, "whole": self._select_whole, "total": self._select_total}

    def _select_page(self, query: ListQuery, condition: Predicate, *more: ColumnElement[Any]) -> Select[Any]:
        columns = [self.columns[name] for name in query.fields]
        statement = select(*columns, *(key.column for key in query.keys), *more).where(condition)
        return statement.order_by(*(key.order() for key in query.keys)).limit(query.limit + 1)

    def _select_whole(self, query: ListQuery, condition: Predicate) -> Select[Any]:
        """Find every matching row once, by its place in the table, both to count them and to sort them."""
        place: ColumnElement[Any] = literal_column(f'"{self._table.name}".ctid')
        found = select(place).select_from(self._table).where(condition).limit(COUNT_CAP + 1)
        among = place == any_(func.array(found.correlate(None).scalar_subquery()))
        return self._select_page(query, among, func.count().over())

    def _select_total(self, _: ListQuery, condition: Predicate) -> Select[int]:
        matching = select(literal_column("1", Integer)).select_from(self._table).where(condition)
        return select(func.count()).select_from(matching.limit(SURELY_LONG + 1).subquery())

    def _select_all(self) -> Select[Any]:
        return select(*(column.label(name) for name, column in self.columns.items()))

    def _one(self, identity: Any, scope: Predicate | None) -> Predicate:
        same: Predicate = self.columns[self.tie_breaker] == identity
        return same if scope is None else and_(same, scope)

    def _by_id(self, scope: Predicate | None) -> Callable[[Any], Asked]:
        """Return how to ask for one record within a scope."""
        condition = self._one(_ANY, scope)
        return asking(self._shapes.ask("one", condition, lambda: self._select_all().where(condition)), _ANY)

    @cached_property
    def _parsed(self) -> Kept[tuple[tuple[str, str], ...], ListQuery]:
        return Kept()

    @cached_property
    def _plans(self) -> Kept[tuple[ReadPool, ListQuery, Predicate | None], Plan]:
        return Kept()

    @cached_property
    def _short(self) -> Kept[str, bool]:
        return Kept()

    @cached_property
    def _ones(self) -> Kept[Predicate | None, Callable[[Any], Asked]]:
        return Kept()

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes()

    def _parse(self, given: Mapping[str, str]) -> ListQuery:
        compiled = [
            compile_filter(self.filters, name, given[name]) for name in sorted(given.keys() - _CONTROLS)
        ]
        filtered = {name for name, _ in compiled}
        hidden = [predicate for name, predicate in self.unless_filtered.items() if name not in filtered]
        sort = given.get("sort", self.default_sort)
        keys = self._sort_keys(sort)
        context = self._context(given, sort)
        return ListQuery(
            limit=_limit(given.get("limit")),
            fields=self._fields(given.get("fields")),
            predicates=(*hidden, *(predicate for _, predicate in compiled)),
            keys=keys,
            after=tuple(decode(given["cursor"], context, keys)) if "cursor" in given else None,
            context=context,
        )

    def _sort_keys(self, sort: str) -> tuple[SortKey, ...]:
        terms = [(term.removeprefix("-"), term.startswith("-")) for term in sort.split(",")]
        names = [name for name, _ in terms]
        if len(names) > MOST_SORT_KEYS or len(set(names)) < len(names) or not set(names) <= set(self.sorts):
            raise BadRequest("bad-sort", errors=[FieldError("not-sortable", parameter="sort")])
        if self.tie_breaker not in names:
            terms.append((self.tie_breaker, terms[-1][1]))
        return tuple(self._sort_key(name, descending=descending) for name, descending in terms)

    def _sort_key(self, name: str, *, descending: bool) -> SortKey:
        column = self.columns[name].expression
        nullable = bool(getattr(column, "nullable", True))
        return SortKey(name, column, kind_of(column.type), nullable, descending)

    def _fields(self, text: str | None) -> tuple[str, ...]:
        if text is None:
            return tuple(self.columns)
        names = tuple(dict.fromkeys(text.split(",")))
        if not set(names) <= set(self.columns):
            raise BadRequest("bad-fields", errors=[FieldError("not-readable", parameter="fields")])
        return names

    def _context(self, given: Mapping[str, str], sort: str) -> str:
        asked = sorted((name, text) for name, text in given.items() if name not in _CONTROLS)
        return repr((self.name, sort, asked))


def _once(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, text in parameters:
        if name in given:
            raise BadRequest("bad-parameter", errors=[FieldError("repeated", parameter=name)])
        given[name] = text
    return given


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if (
        text.isascii()
        and text.isdigit()
        and len(text) <= len(str(LARGEST_LIMIT))
        and 1 <= int(text) <= LARGEST_LIMIT
    ):
        return int(text)
    raise BadRequest("bad-limit", errors=[FieldError("out-of-range", parameter="limit")])
