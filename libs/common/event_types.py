"""Types of events as a reader asks for them: by name, or by the beginning of it."""

from dataclasses import dataclass

from libs.common.problems import BadRequest, FieldError

# What a list of them looks like in an address.
PATTERN = r"^[a-z0-9_.,*-]+$"


@dataclass(frozen=True, slots=True)
class EventTypes:
    """Patterns such as `shop.order.*`; of none given, all."""

    patterns: tuple[str, ...]

    @classmethod
    def read(cls, given: str | None) -> "EventTypes":
        """Read a list by commas; raises BadRequest for a star anywhere but at an end."""
        patterns = tuple(given.split(",")) if given else ("*",)
        if any("*" in each[:-1] for each in patterns):
            raise BadRequest("bad-parameter", errors=[FieldError("bad-format", parameter="types")])
        return cls(patterns)

    def like(self) -> list[str]:
        """Return the patterns as LIKE reads them."""
        escaped = (each.replace("_", r"\_") for each in self.patterns)
        return [f"{each[:-1]}%" if each.endswith("*") else each for each in escaped]

    def may_be_in(self, topic: str) -> bool:
        """Tell whether a topic can hold such events."""
        head = f"{topic.removeprefix('crm.')}."
        ended = [each if each.endswith("*") else f"{each}." for each in self.patterns]
        return any(each.startswith(head) or head.startswith(each[:-1]) for each in ended)
