"""The plots: a panel per figure, product and references as lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt

COLUMNS, DPI = 4, 64
PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: answers a second and milliseconds, of one side, at a size and a number of clients."""

    figure: str
    side: str
    contacts: int
    clients: int
    rate: float
    p50: float
    p99: float


def draw(points: Sequence[Point], folder: Path) -> list[Path]:
    """Draw what grows with the rows, and what with the clients; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    crowd = most([each.clients for each in points])
    size = most([each.contacts for each in points])
    at_crowd = [each for each in points if each.clients == crowd]
    at_size = [each for each in points if each.contacts == size]
    rows, clients = f"contacts ({crowd} clients)", f"clients ({size:,} contacts)"
    own = [each for each in at_size if each.side == PRODUCT]
    return [
        panels(at_crowd, lambda p: p.contacts, {"": lambda p: p.rate}, (rows, "/s"), folder / "rows.png"),
        panels(at_size, lambda p: p.clients, {"": lambda p: p.rate}, (clients, "/s"), folder / "clients.png"),
        panels(
            own,
            lambda p: p.clients,
            {"p50": lambda p: p.p50, "p99": lambda p: p.p99},
            (clients, "ms"),
            folder / "latency.png",
        ),
    ]


def most(numbers: Sequence[int]) -> int:
    """The number that stands there most often: where the other one was varied."""
    return max(sorted(set(numbers)), key=numbers.count)


def panels(
    points: Sequence[Point],
    across: Callable[[Point], float],
    lines: dict[str, Callable[[Point], float]],
    labels: tuple[str, str],
    file: Path,
) -> Path:
    """A panel per figure, a line per side and quantity."""
    names = list(dict.fromkeys(each.figure for each in points))
    count = -(-len(names) // COLUMNS)
    drawing, places = plt.subplots(count, COLUMNS, figsize=(13, 2.6 * count), squeeze=False)
    for place, name in zip(places.flat, names, strict=False):
        for side in dict.fromkeys(each.side for each in points if each.figure == name):
            own = sorted((p for p in points if (p.figure, p.side) == (name, side)), key=across)
            for what, height in lines.items():
                label = " ".join(filter(None, (side, what)))
                place.plot([across(p) for p in own], [height(p) for p in own], marker="o", label=label)
        finish(place, name, labels)
    for place in places.flat[len(names) :]:
        place.set_axis_off()
    drawing.tight_layout()
    drawing.savefig(file, dpi=DPI)
    plt.close(drawing)
    return file


def finish(place: Any, name: str, labels: tuple[str, str]) -> None:
    place.set_title(name, fontsize=9)
    place.set_xscale("log")
    place.set_ylim(bottom=0)
    place.set_xlabel(labels[0], fontsize=7)
    place.set_ylabel(labels[1], fontsize=7)
    place.tick_params(labelsize=7)
    place.grid(visible=True, alpha=0.3)
    place.legend(fontsize=6)
