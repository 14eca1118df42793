"""The event catalogue: every topic and type with its fields and an example, for people, in two languages."""

import json
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from libs.common.events import Event
from tests.contracts.documents import (
    SCHEMAS,
    WORDS,
    Json,
    contracts,
    example_of,
    partitions_of,
    schema_of,
    summary_of,
)
from tests.contracts.fields import Field, Shape, own_fields, state_of
from tests.figures import ROOT

_PAGE = ROOT / "gateway" / "page"
# Where each page stands, and its language.
PAGES: dict[Path, str] = {
    SCHEMAS / "README.md": "en",
    SCHEMAS / "README.zh.md": "zh",
    _PAGE / "events.en.html": "en",
    _PAGE / "events.zh.html": "zh",
}

type Words = dict[str, Any]


class Entry(NamedTuple):
    """One type as the catalogue shows it."""

    name: str
    event: type[Event]
    schema: Json

    @property
    def facts(self) -> tuple[Field, ...]:
        return own_fields(self.schema)

    @property
    def state(self) -> Shape:
        return state_of(self.schema)

    @property
    def example(self) -> str:
        return json.dumps(example_of(self.event), indent=1, ensure_ascii=False)


def page(path: Path) -> str:
    """Return the page that belongs at `path`."""
    render = markdown if path.suffix == ".md" else html
    return render(topics(), PAGES[path])


def topics() -> dict[str, list[Entry]]:
    """Return the types of each topic."""
    entries = [Entry(name, event, schema_of(event)) for name, event in contracts().items()]
    entries.sort(key=lambda entry: (entry.event.topic, entry.name))
    return {topic: list(group) for topic, group in groupby(entries, key=lambda entry: entry.event.topic)}


def shapes(entries: list[Entry]) -> list[Shape]:
    """Return the states on a topic, each once."""
    return list({entry.state.name: entry.state for entry in entries}.values())


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────


def markdown(found: dict[str, list[Entry]], language: str) -> str:
    """Return the catalogue as a README of docs/events."""
    words: Words = WORDS[language]
    lines = [f"# {words['title']}", "", words["other"], "", words["intro"], "", words["classes"], ""]
    lines += [words["ways"], "", f"## {words['envelope']}", ""]
    lines += [f"| {words['attribute']} | {words['meaning']} |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in words["attributes"].items()]
    lines += ["", f"## {words['topics']}", "", f"| {words['topic']} | {words['types']} |", "|---|---|"]
    lines += [f"| [`{topic}`](#{_anchor(topic)}) | {len(entries)} |" for topic, entries in found.items()]
    for topic, entries in found.items():
        lines += ["", *_topic_lines(topic, entries, words)]
    return "\n".join(lines) + "\n"


def _topic_lines(topic: str, entries: list[Entry], words: Words) -> list[str]:
    lines = [f"## {topic}", "", f"{words['key']}: `{entries[0].event.key}`; {words['partitions']}: "]
    lines[-1] += str(partitions_of(topic))
    for shape in shapes(entries):
        lines += ["", f"### {words['state']}: {shape.name}", "", shape.description, ""]
        lines += _table_lines(shape.fields, words)
    for entry in entries:
        lines += ["", f"### {entry.name}", "", f"**{entry.event.__name__}**: {summary_of(entry.event)}", ""]
        lines += [f"{words['carries']} `{entry.state.name}` ([JSON Schema]({entry.name}.json))", ""]
        lines += [f"{words['own']}:", "", *_table_lines(entry.facts, words), ""]
        lines += ["<details><summary>" + words["example"] + "</summary>", "", "```json", entry.example, "```"]
        lines += ["", "</details>"]
    return lines


def _table_lines(fields: tuple[Field, ...], words: Words) -> list[str]:
    head = [f"| {words['field']} | {words['form']} | {words['class']} |", "|---|---|---|"]
    return head + [f"| `{each.name}` | {_form(each, words)} | {each.kind} |" for each in fields]


def _form(field: Field, words: Words) -> str:
    return f"{field.form}, {words['optional']}" if field.may_be_missing else field.form


def _anchor(topic: str) -> str:
    return topic.replace(".", "")


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────


def html(found: dict[str, list[Entry]], language: str) -> str:
    """Return the catalogue as a page of the gateway's documentation."""
    words: Words = WORDS[language]
    intro = (words["intro"], words["classes"])
    rows = "".join(
        f"<tr><td><code>{name}</code></td><td>{_prose(text)}</td></tr>\n"
        for name, text in words["attributes"].items()
    )
    links = "".join(
        f'<li><a href="#{topic}">{topic}</a> ({len(each)})</li>\n' for topic, each in found.items()
    )
    sections = "".join(_section(topic, entries, words) for topic, entries in found.items())
    other = ("zh", "中文") if language == "en" else ("en", "English")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Plexus CRM: {words['title']}</title>\n"
        '<link rel="stylesheet" href="/docs/assets/events.css">\n</head>\n<body>\n'
        f'<p class="elsewhere"><a href="/docs">API</a> · <a href="?lang={other[0]}">{other[1]}</a></p>\n'
        f"<h1>{words['title']}</h1>\n"
        + "".join(f"<p>{_prose(each)}</p>\n" for each in intro)
        + f"<h2>{words['envelope']}</h2>\n<table>\n{rows}</table>\n"
        f"<h2>{words['topics']}</h2>\n<ul>\n{links}</ul>\n{sections}</body>\n</html>\n"
    )


def _section(topic: str, entries: list[Entry], words: Words) -> str:
    states = "".join(
        f"<h3>{words['state']}: {shape.name}</h3>\n<p>{_prose(shape.description)}</p>\n"
        f"{_table(shape.fields, words)}"
        for shape in shapes(entries)
    )
    types = "".join(_type(entry, words) for entry in entries)
    key = (
        f"{words['key']}: <code>{entries[0].event.key}</code>; {words['partitions']}: {partitions_of(topic)}"
    )
    return f'<h2 id="{topic}">{topic}</h2>\n<p>{key}</p>\n{states}{types}'


def _type(entry: Entry, words: Words) -> str:
    return (
        f'<h3 id="{entry.name}">{entry.name}</h3>\n'
        f"<p><strong>{entry.event.__name__}</strong>: {_prose(summary_of(entry.event))}</p>\n"
        f"<p>{words['carries']} <code>{entry.state.name}</code>. {_prose(words['own'])}:</p>\n"
        f"{_table(entry.facts, words)}"
        f"<details><summary>{words['example']}</summary><pre>{escape(entry.example)}</pre></details>\n"
    )


def _table(fields: tuple[Field, ...], words: Words) -> str:
    rows = "".join(
        f"<tr><td><code>{each.name}</code></td><td>{_form(each, words)}</td>"
        f'<td class="{each.kind}">{each.kind}</td></tr>\n'
        for each in fields
    )
    head = "".join(f"<th>{words[name]}</th>" for name in ("field", "form", "class"))
    return f"<table>\n<tr>{head}</tr>\n{rows}</table>\n"


def _prose(text: str) -> str:
    """Return escaped text; what stands between back-ticks becomes code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
