"""What a process counts about itself: plain numbers that cost a dictionary's look-up, read at the scrape.

Nothing here knows how a page of metrics looks, so the mechanism counts without a metrics library in memory.
Every label has few values, known beforehand: a route's template, a group, an outcome; never a path, an id or
anything personal. Names follow Prometheus' practice: base units, `_total` for what only grows.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

type Labels = tuple[str, ...]
type Samples = Mapping[Labels, float]

# Far above what the route table and the topics come to; a mistake must not fill the memory.
_MOST_SERIES = 2000
_OTHER = "other"
# Seconds; the bars of the platform stand among them (40 ms, 250 ms, 1 s).
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.02, 0.04, 0.07, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


@dataclass(eq=False)
class Metric:
    """One family of numbers, declared once at import; `kind` is Prometheus' word for it."""

    declared: ClassVar[dict[str, "Metric"]] = {}
    kind: ClassVar[Literal["counter", "gauge", "histogram"]]

    name: str
    help: str
    labels: Labels = ()

    def __post_init__(self) -> None:
        """Enter the family; a name stands for one thing."""
        if self.name in Metric.declared:
            raise ValueError(f"{self.name} is declared twice")
        Metric.declared[self.name] = self


@dataclass(eq=False)
class Counter(Metric):
    """What only grows while the process lives; its name ends in `_total`."""

    kind = "counter"
    values: dict[Labels, float] = field(default_factory=dict)

    def add(self, *labels: str, by: float = 1) -> None:
        """Count `by` more under these labels, given in the declared order."""
        values = self.values
        if labels not in values and len(values) >= _MOST_SERIES:
            labels = (_OTHER,) * len(self.labels)
        values[labels] = values.get(labels, 0) + by


@dataclass(eq=False)
class Gauge(Metric):
    """What goes up and down; mostly whoever knows the value is asked at the scrape, and `values` is empty."""

    kind = "gauge"
    values: dict[Labels, float] = field(default_factory=dict)

    def move(self, by: float, *labels: str) -> None:
        """Raise or lower the value that is kept here."""
        self.values[labels] = self.values.get(labels, 0) + by


class Series:
    """One distribution: how many values fell into each bucket, and their sum."""

    __slots__ = ("counts", "sum")

    def __init__(self, buckets: int) -> None:
        """Begin with nothing in any bucket."""
        self.counts = [0] * buckets
        self.sum = 0.0


@dataclass(eq=False)
class Histogram(Metric):
    """A distribution of seconds; `bounds` are the buckets' upper ends, and one more takes the rest."""

    kind = "histogram"
    bounds: tuple[float, ...] = QUICK
    series: dict[Labels, Series] = field(default_factory=dict)

    def observe(self, seconds: float, *labels: str, times: int = 1) -> None:
        """Note a value under these labels, `times` over."""
        found = self.series.get(labels)
        if found is None:
            found = self.of(*labels)
        found.counts[bisect_left(self.bounds, seconds)] += times
        found.sum += seconds * times

    def of(self, *labels: str) -> Series:
        """Return the distribution under these labels, for whoever counts in it often."""
        if labels not in self.series and len(self.series) >= _MOST_SERIES:
            labels = (_OTHER,) * len(self.labels)
        return self.series.setdefault(labels, Series(len(self.bounds) + 1))
