"""What things are called: event classes and types, the word Event, and CRM words in libs/common."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import Finding, Source

EVENT_TYPE = re.compile(
    r"(?P<service>[a-z]+)\.(?P<aggregate>[a-z]+(?:-[a-z]+)*)\.(?P<verb>[a-z]+(?:_[a-z]+)*)\.v(?P<version>[1-9]\d*)"
)
LISTS = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
IRREGULAR, UPDATED, TRADE, NEVER = (
    frozenset(LISTS[name]) for name in ("irregular", "updated", "trade", "never")
)
SHORTER = {"directory": [""], "subject-key": ["subject"]}
SHARED = "subjects"  # The one stream that several services publish in the same shape.
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def event_names(source: Source) -> Iterator[Finding]:
    """A contract's class is noun + past, and its type says the same in the house's form."""
    if not source.under("libs/contracts"):
        return
    classes = (node for node in source.nodes if isinstance(node, ast.ClassDef))
    for node in classes:
        declared = _declared_type(node)
        for fault in _faults(node, declared, source) if declared is not None else ():
            yield source.find(node, f"{node.name}: {fault}")


def event_in_class_name(source: Source) -> Iterator[Finding]:
    """No contract and no aggregate has the word Event in its name: what happened is name enough."""
    if not source.under("libs/contracts") and source.name not in {"model.py", "commands.py", "handlers.py"}:
        return
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and "event" in words(node.name):
            yield source.find(node, f"{node.name} has the word Event in its name")


def crm_words(source: Source) -> Iterator[Finding]:
    """libs/common is mechanism: it would serve a library or a hospital as well."""
    if not source.under("libs/common"):
        return
    for number, line in enumerate(source.lines, 1):
        for word in sorted(set(words(line)) & TRADE):
            yield Finding(source.path, number, f"says {word!r}, a word of the trade")


def never_said(source: Source) -> Iterator[Finding]:
    """A class has the glossary's name, never one of those that the glossary rules out."""
    if not source.under("services", "libs/contracts", "libs/platform"):
        return
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            for word in sorted(set(words(node.name)) & NEVER):
                yield source.find(node, f"{node.name} says {word}, which the glossary rules out")


def words(text: str) -> list[str]:
    """Split identifiers and prose into lower-case words."""
    return [word.lower() for word in WORD.findall(text)]


def _declared_type(node: ast.ClassDef) -> str | None:
    for keyword in node.keywords:
        if keyword.arg == "type" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def _faults(node: ast.ClassDef, declared: str, source: Source) -> Iterator[str]:
    parts = EVENT_TYPE.fullmatch(declared)
    if parts is None:
        yield f"type {declared!r} is not service.aggregate.past_verb.vN"
        return
    shared = source.path.stem == SHARED
    if not shared and parts["service"] != source.path.stem:
        yield f"type {declared!r} stands in {source.path.name}, not in {parts['service']}.py"
    names = _names(parts, parts["service"].capitalize() if shared else "")
    if node.name not in names:
        yield f"type {declared!r} asks for the name {' or '.join(names)}"
    if not _is_past(parts["verb"].split("_")[-1]):
        yield f"{parts['verb']!r} does not say what happened in the past tense"
    if parts["verb"].endswith("updated") and node.name not in UPDATED:
        yield "says updated where a better verb may exist"


def _names(parts: re.Match[str], prefix: str) -> list[str]:
    """Derive the class's name; an entry of the directory and a subject's key need not repeat their stream."""
    version = "" if parts["version"] == "1" else f"V{parts['version']}"
    nouns = [parts["aggregate"], *SHORTER.get(parts["aggregate"], [])]
    return [f"{prefix}{_camel(noun)}{_camel(parts['verb'])}{version}" for noun in nouns]


def _camel(text: str) -> str:
    return "".join(word.capitalize() for word in re.split("[-_]", text))


def _is_past(word: str) -> bool:
    return word.endswith("ed") or word in IRREGULAR
