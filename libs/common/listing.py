"""Lists: what may be read, filtered and sorted, declared once per aggregate, straight from SQL to JSON."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import BindParameter, Integer, Select, and_, bindparam, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.elements import True_

from libs.common.listing_cursor import SortKey, after, decode, encode
from libs.common.listing_filters import Column, Filter, Predicate, compile_filter
from libs.common.listing_values import kind_of
from libs.common.problems import BadRequest, FieldError, NotFound
from libs.common.reads import Asked, ReadPool, Row, Shapes, fixed

__all__ = ["Filter", "ListQuery", "Listing", "Predicate", "Source"]

# Where rows come from: the pool of hot reads, or whatever the caller has open.
type Source = AsyncConnection | AsyncSession | ReadPool

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
COUNT_CAP = 1000
MOST_SORT_KEYS = 3
_CONTROLS = ("limit", "cursor", "sort", "fields")


@dataclass(frozen=True)
class ListQuery:
    """A request for one page, read and checked: ready to compile."""

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
        given = _once(parameters)
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
        condition = self._beyond(query, scope)
        order = tuple((key.name, key.descending) for key in query.keys)
        name = (query.limit, query.fields, order)
        rows = await self._rows(source, name, condition, lambda: self._select_page(query, condition))
        shown, width = rows[: query.limit], len(query.fields)
        items = [dict(zip(query.fields, row[:width], strict=True)) for row in shown]
        more = len(rows) > query.limit
        page = {
            "items": items if self.shape is None else [self.shape(item) for item in items],
            "next_cursor": encode(shown[-1][width:], query.context) if more else None,
            "total": await self._total(source, query, scope, None if more else len(shown)),
        }
        return orjson.dumps(page, default=str, option=orjson.OPT_UTC_Z)

    def select_page(self, query: ListQuery, scope: Predicate | None = None) -> Select[Any]:
        """Return the statement of one page: the fields, then the sort values, one row more than the limit."""
        return self._select_page(query, self._beyond(query, scope))

    def select_total(self, query: ListQuery, scope: Predicate | None = None) -> Select[int]:
        """Return the statement that counts all matching rows, up to COUNT_CAP + 1."""
        return self._select_total(self._matching(query, scope))

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
        if isinstance(source, ReadPool) and (scope is None or isinstance(scope, True_)):
            rows: Sequence[Row] = await source.rows(self._by_id(identity))
        else:
            condition = self._is(identity) if scope is None else and_(self._is(identity), scope)
            rows = await self._rows(source, "one", condition, lambda: self._select_all().where(condition))
        if not rows:
            raise NotFound
        found = dict(zip(self.columns, rows[0], strict=True))
        return found if self.shape is None else self.shape(found)

    async def _rows(
        self, source: Source, name: Hashable, condition: Predicate, build: Callable[[], Select[Any]]
    ) -> Sequence[Row]:
        if isinstance(source, ReadPool):
            return await source.rows(self._shapes.ask(name, condition, build))
        return list((await source.execute(build())).all())

    async def _total(
        self,
        source: Source,
        query: ListQuery,
        scope: Predicate | None,
        known: int | None,
    ) -> dict[str, Any]:
        # The first page that holds everything has counted it already.
        if known is not None and query.after is None:
            return {"count": known, "capped": False}
        condition = self._matching(query, scope)
        rows = await self._rows(source, "total", condition, lambda: self._select_total(condition))
        return {"count": min(rows[0][0], COUNT_CAP), "capped": rows[0][0] > COUNT_CAP}

    @property
    def _table(self) -> Any:
        return self.columns[self.tie_breaker].expression.table

    @staticmethod
    def _matching(query: ListQuery, scope: Predicate | None) -> Predicate:
        return and_(true(), *query.predicates, *(() if scope is None else (scope,)))

    def _beyond(self, query: ListQuery, scope: Predicate | None) -> Predicate:
        matching = self._matching(query, scope)
        return matching if query.after is None else and_(matching, after(query.keys, query.after))

    def _select_page(self, query: ListQuery, condition: Predicate) -> Select[Any]:
        columns = [self.columns[name] for name in query.fields]
        statement = select(*columns, *(key.column for key in query.keys)).where(condition)
        return statement.order_by(*(key.order() for key in query.keys)).limit(query.limit + 1)

    def _select_total(self, condition: Predicate) -> Select[int]:
        matching = select(literal_column("1", Integer)).select_from(self._table).where(condition)
        return select(func.count()).select_from(matching.limit(COUNT_CAP + 1).subquery())

    def _select_all(self) -> Select[Any]:
        return select(*(column.label(name) for name, column in self.columns.items()))

    def _is(self, identity: Any) -> Predicate:
        same: Predicate = self.columns[self.tie_breaker] == identity
        return same

    @cached_property
    def _by_id(self) -> Callable[[Any], Asked]:
        """Return how to ask for one record, for whoever may see all: the read of most integrations."""
        identity: BindParameter[Any] = bindparam(
            "id", required=False, type_=self.columns[self.tie_breaker].type
        )
        return fixed(self._select_all().where(self._is(identity)), identity)

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes()

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
