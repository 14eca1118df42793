"""Product, gateway and references in turn, so that whatever the machine does happens to all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.load.bench.report import Report
from tests.load.bench.requests import Figure
from tests.load.bench.wrk import CLIENTS, Load, Request, drive, signed

PRODUCT, GATEWAY = "product", "gateway"
type Driver = Callable[..., Load]


@dataclass
class Sides:
    """Measures figures; `token` gives the caller's, `gateway` is where everything is asked once more."""

    report: Report
    token: Callable[[], str]
    gateway: str | None
    seconds: int
    times: int
    clients: int = CLIENTS
    warm: int = 1
    drive: Driver = drive
    _begun: dict[Path, int] = field(default_factory=dict)

    def measure(self, figure: Figure) -> dict[str, list[Load]]:
        """Measure one figure on all sides, several times in turn, and put its rows into the report."""
        sides = self._sides(figure)
        for side in sides if self.warm else ():
            self._run(side, sides[side], self.warm, least=0)
        found: dict[str, list[Load]] = {side: [] for side in sides}
        names = list(sides)
        for turn in range(self.times):
            # Nobody is always the first after the pause, or always behind the same one.
            for side in (*names[turn % len(names) :], *names[: turn % len(names)]):
                found[side].append(self._run(side, sides[side], self.seconds))
        self._add(figure, found)
        return found

    def _sides(self, figure: Figure) -> Mapping[str, Request]:
        through = {GATEWAY: replace(figure.product, url=self.gateway)} if self.gateway else {}
        return {PRODUCT: figure.product, **figure.references, **through}

    def _run(self, side: str, request: Request, seconds: int, least: int = 1) -> Load:
        asked = signed(request, self.token()) if side in {PRODUCT, GATEWAY} else request
        begin = self._begun.get(request.values, 0) if request.values else 0
        load = self.drive(asked, seconds, clients=self.clients, begin=begin, least=least)
        if request.values and request.once:
            self._begun[request.values] = load.used
        return load

    def _add(self, figure: Figure, found: Mapping[str, list[Load]]) -> None:
        rates = {side: [load.rate for load in loads] for side, loads in found.items()}
        waits = {name: [getattr(load, name) for load in found[PRODUCT]] for name in ("p50", "p99")}
        middle = {name: sorted(values)[len(values) // 2] for name, values in waits.items()}
        for what in figure.references:
            name = figure.name if len(figure.references) == 1 else f"{figure.name}, by {what}"
            self.report.add(name, "/s", rates[PRODUCT], reference=rates[what], what=what, **middle)
        if GATEWAY in rates:
            named = f"{figure.name}, through the gateway"
            self.report.add(named, "/s", rates[GATEWAY], reference=rates[PRODUCT], what="without it")
            shares = [
                100 * (1 - through / direct)
                for through, direct in zip(rates[GATEWAY], rates[PRODUCT], strict=True)
            ]
            self.report.add(f"gateway's share: {figure.name}", "%", shares, bar="gateway's share")
