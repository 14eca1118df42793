"""What a fuzzed request may name: records that exist, in the versions that they have now.

Generated ids never exist, so without this every request would end at its first look-up.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemathesis import Case

from libs.common.idempotency import LONGEST_KEY
from tests.factories.directory import uid
from tests.fuzz.running import COLLEAGUE, EVERYTHING

PREFIX = "/api/v1/"
_KINDS = {
    "account_id": "accounts",
    "calendar_id": "calendars",
    "campaign_id": "campaigns",
    "contact_id": "contacts",
    "contact_ids": "contacts",
    "default_owner_id": "users",
    "department_id": "departments",
    "head_id": "users",
    "lead_id": "leads",
    "manager_id": "users",
    "member_ids": "users",
    "owner_id": "users",
    "pipeline_id": "pipelines",
    "product_id": "products",
    "queue_id": "queues",
    "role_ids": "roles",
    "segment_id": "segments",
    "stage_id": "stages",
    "template_id": "templates",
    "ticket_id": "tickets",
}
# Of the same kind as the record that the request is about.
_OWN_KIND = {"parent_id", "into_id"}
# A document cannot say that instants lie between 1900 and 2200.
_MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY = re.compile(f"[ -~]{{1,{LONGEST_KEY}}}")
_OFTEN = 0.8
_REMEMBERED = 40


class Known:
    """Records by kind (the plural in the path), and the newest version of each."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids: dict[str, list[str]] = defaultdict(list)
        self.versions: dict[str, str] = {}
        # Whole payloads by path, where what is right cannot be guessed.
        self.payloads: dict[str, dict[str, Any]] = {}
        self.ids["users"] = [str(uid(EVERYTHING)), str(uid(COLLEAGUE))]

    def learn(self, path: str, shown: Mapping[str, Any]) -> None:
        """Remember what a success has made or changed."""
        if "id" in shown and "version" in shown:
            self._remember(kind_of(path), shown["id"])
            self.versions[shown["id"]] = f'"{shown["version"]}"'
        if "refresh_token" in shown:
            self.payloads[f"{PREFIX}auth/refresh"] = {"refresh_token": shown["refresh_token"]}
        for device in shown.get("devices", ()):
            self._remember(kind_of(path), device["id"])
        for stage in shown.get("stages", ()) if kind_of(path) == "pipelines" else ():
            self._remember("stages", stage["id"])

    def deepen(self, case: Case[Any]) -> None:
        """Let a request name records that exist wherever it names well-formed ids."""
        kind = kind_of(case.path)
        if is_id(case.path_parameters.get("identity")):
            case.path_parameters["identity"] = self._instead_of(kind, case.path_parameters["identity"])
        if is_version(case.headers.get("If-Match")) and self._often():
            identity = case.path_parameters.get("identity")
            case.headers["If-Match"] = self.versions.get(str(identity), case.headers["If-Match"])
        if is_key(case.headers.get("Idempotency-Key")):
            case.headers["Idempotency-Key"] = self._unique(case.headers["Idempotency-Key"])
        if isinstance(case.body, dict | list):
            case.body = self._named(kind, "", case.body)
        right = self.payloads.get(case.path)
        if right and isinstance(case.body, dict) and case.body.keys() == right.keys() and self._often():
            case.body = right
        if case.query:
            case.query = self._named(kind, "", case.query)

    def _named(self, kind: str, name: str, value: Any) -> Any:
        if name == "external_id" and isinstance(value, dict) and isinstance(value.get("id"), str):
            # Boundary cases share one, too; all but the first would be refused as taken.
            return value | {"id": self._unique(value["id"])}
        if name in {"email", "url"} and isinstance(value, str):
            return self._reachable(value)
        if isinstance(value, dict):
            return {key: self._named(kind, str(key), each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._named(kind, name, each) for each in value]
        if name.endswith(("_at", "_date")) and isinstance(value, str) and _MOMENT.match(value):
            return "20" + value[2:] if self._often() else value
        named = kind if name in _OWN_KIND else _KINDS.get(name)
        return self._instead_of(named, value) if named and is_id(value) else value

    def _reachable(self, generated: str) -> str:
        if "@" in generated and not generated.startswith("http"):
            return f"{self._unique(generated)}@example.org"
        # Most addresses that a pattern yields are nobody's, and refused for what they are.
        return "https://example.org/hooks" if generated.startswith("http") and self._often() else generated

    def _instead_of(self, kind: str, generated: str) -> str:
        known = self.ids[kind]
        return self.random.choice(known) if known and self._often() else generated

    def _unique(self, generated: str) -> str:
        return str(UUID(int=self.random.getrandbits(128))) if generated and self._often() else generated

    def _often(self) -> bool:
        return self.random.random() < _OFTEN

    def _remember(self, kind: str, identity: str) -> None:
        if identity not in self.ids[kind]:
            self.ids[kind] = [*self.ids[kind], identity][-_REMEMBERED:]


def kind_of(path: str) -> str:
    """The plural right below the prefix."""
    return path.removeprefix(PREFIX).split("/")[0]


def is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def is_key(value: Any) -> bool:
    """Tell whether it is a good key; boundary cases share one, and would all get the first one's answer."""
    return (
        isinstance(value, str) and 0 < len(value) <= LONGEST_KEY and value.isascii() and value.isprintable()
    )


def is_version(value: Any) -> bool:
    return isinstance(value, str) and json.dumps(value.strip('"')) == value and value.strip('"').isdecimal()
