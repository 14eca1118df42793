"""The page that Prometheus reads, at /metrics of each process.

It asks for no token: it stands on the service's own port, to which the gateway has no route, and holds
counts alone. Imported only where telemetry is on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import GC_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.metrics import Counter, Gauge, Histogram, Labels, Metric, Samples, Series

type Readings = Mapping[Gauge, Samples]
type Source = Callable[[], Awaitable[Readings]]

# A scrape waits no longer for any one source: what the process itself counted is there without it.
_PATIENCE = 2.0
_FAILED = Counter("plexus_scrape_failures_total", "Readings that could not be taken in time", ("source",))


@dataclass
class Page:
    """All that one process tells; the labels of `always`, such as the service, stand on every sample."""

    always: Mapping[str, str]
    sources: dict[str, Source] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def route(self) -> Route:
        """Return the page's route."""
        return Route("/metrics", self._respond)

    async def text(self) -> bytes:
        """Return the page in Prometheus' text format; of two who ask at once, one waits for the other."""
        async with self._asking:
            taken = await asyncio.gather(*(self._take(*each) for each in self.sources.items()))
        return generate_latest(_Families([self._labelled(each) for each in self._families(taken)]))

    async def _respond(self, _: Request) -> Response:
        return Response(await self.text(), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _take(self, name: str, source: Source) -> Readings:
        """Ask one source; one that fails is missing from the page, and counted."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await source()
        except Exception:  # noqa: BLE001 - a database or a broker that is away must not hide the rest
            _FAILED.add(name)
            return {}

    def _families(self, taken: Iterable[Readings]) -> Iterator[Family]:
        readings: dict[Gauge, dict[Labels, float]] = {}
        for each in taken:
            for gauge, samples in each.items():
                readings.setdefault(gauge, {}).update(samples)
        yield from (_family(each, readings) for each in Metric.declared.values())
        for collector in (PROCESS_COLLECTOR, GC_COLLECTOR):
            yield from collector.collect()

    def _labelled(self, family: Family) -> Family:
        """Name the service on what any Python process tells, too."""
        family.samples = [
            sample._replace(labels={**self.always, **sample.labels}) for sample in family.samples
        ]
        return family


@dataclass(frozen=True)
class _Families(Collector):
    """As much of a registry as the text's writer asks for."""

    families: list[Family]

    def collect(self) -> Iterable[Family]:
        """Return them all."""
        return self.families


def _family(metric: Metric, readings: Mapping[Gauge, Samples]) -> Family:
    """Turn one of our own families into the library's."""
    family = Family(metric.name.removesuffix("_total"), metric.help, metric.kind)
    if isinstance(metric, Histogram):
        for labels, series in list(metric.series.items()):
            _add_distribution(family, metric, dict(zip(metric.labels, labels, strict=True)), series)
        return family
    samples: Samples = metric.values if isinstance(metric, Counter | Gauge) else {}
    if isinstance(metric, Gauge):
        samples = {**samples, **readings.get(metric, {})}
    for labels, value in list(samples.items()):
        family.add_sample(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
    return family


def _add_distribution(family: Family, metric: Histogram, named: dict[str, str], series: Series) -> None:
    """Add cumulative buckets, as the format wants them."""
    total = 0
    for bound, total in zip((*metric.bounds, "+Inf"), accumulate(series.counts), strict=True):
        family.add_sample(f"{metric.name}_bucket", {**named, "le": str(bound)}, total)
    family.add_sample(f"{metric.name}_count", named, total)
    family.add_sample(f"{metric.name}_sum", named, series.sum)
