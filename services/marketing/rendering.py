"""How a mail is written: a template's variables filled in, HTML that carries no script, links that tell.

A template may do little: name a variable, give a default, choose by `if`. What is checked when it is saved
is the tree that Jinja parses (no loop, no call, no import, no attribute but those below), so that nothing is
run that runs for ever, fails, or reaches into the process; the sandbox stands behind that as a second wall.
"""

import html as markup
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import nh3
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from libs.common.problem_texts import CODES, Wording, register
from libs.common.problems import BadRequest, FieldError

register(
    {
        "mail-too-long": ("The mail would be too long", "邮件过长"),
        "template-refused": ("The template is not acceptable", "模板不可接受"),
    }
)
CODES |= {
    "template-syntax": Wording("is no valid template", "模板语法错误"),
    "template-forbidden": Wording(
        "uses what a template may not: only variables, defaults and if", "模板只能使用变量、默认值和 if"
    ),
    "template-variable": Wording("names an unknown variable", "使用了未知变量"),
    "template-filter": Wording("uses an unknown filter", "使用了未知过滤器"),
    "template-link": Wording("has a link whose host is not written out", "链接的主机名必须直接写出"),
    "template-too-large": Wording("holds too many variables", "变量过多"),
}

# What a template may name; a name alone is a text itself.
VARIABLES: dict[str, frozenset[str]] = {
    "contact": frozenset({"family_name", "given_name", "full_name", "title", "email", "language"}),
    "account": frozenset({"name"}),
    "campaign": frozenset({"name"}),
    "unsubscribe_url": frozenset(),
}
MOST_VARIABLES = 300
# With what is written for one recipient, an event stays below its limit when it is sealed.
MOST_BYTES = 120_000

_FILTERS = frozenset({"default", "upper", "lower", "capitalize", "title", "trim"})
_COMPARISONS = frozenset({"eq", "ne"})
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)
_TAGS = frozenset(nh3.ALLOWED_TAGS | {"font"}) - {"details", "summary", "map", "area"}
_STYLED = {"style", "align", "valign", "width", "height", "bgcolor", "dir", "lang", "title"}
_ATTRIBUTES = {
    "*": _STYLED,
    "a": {"href", "target"},
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing", "role"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "font": {"color", "face", "size"},
}
_SIDED = ("margin", "padding", "border")
_STYLES = {
    *_SIDED,
    *(f"{name}-{side}" for name in _SIDED for side in ("top", "right", "bottom", "left")),
    *("border-radius", "border-collapse", "border-color", "border-spacing"),
    *("color", "background", "background-color", "font", "font-family", "font-size", "font-style"),
    *("font-weight", "line-height", "letter-spacing", "text-align", "text-decoration", "text-transform"),
    *("width", "height", "max-width", "min-width", "max-height", "vertical-align", "display", "white-space"),
}
# A host that stands in the template itself, whole: nothing may be filled in that makes another host of it.
_HOST = re.compile(r"(https?)://([a-z0-9.-]+(?::[0-9]+)?)(?=[/?#\"'\s<>]|$)", re.IGNORECASE)
_LINK = re.compile(r"""href\s*=\s*["']?\s*((?:\{\{.*?\}\}|[^"'\s>{]|\{(?!\{))*)""", re.IGNORECASE)
_ANCHOR = re.compile(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BREAK = re.compile(r"<br[^>]*>|</(?:p|div|h[1-6]|li|tr)>")
_OURS = re.compile(r"\{\{-?\s*unsubscribe_url\s*-?\}\}")
# A longer one would make a link that not everybody follows.
_LONGEST_TARGET = 2000
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_FOOTERS = {"zh": "退订此类邮件"}
_FOOTER = "Unsubscribe"


class TemplateFault(FieldError):
    """A fault with the line that it stands on."""

    def __init__(self, code: str, pointer: str, line: int) -> None:
        super().__init__(code, pointer=pointer)
        object.__setattr__(self, "line", line)

    def document(self, language: str) -> dict[str, Any]:
        return {**super().document(language), "line": vars(self)["line"]}


@dataclass(frozen=True, slots=True)
class Words:
    """A template's words."""

    subject: str
    html: str
    text: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where one recipient's mail leads: `track` turns a link of the template into ours."""

    unsubscribe: str
    pixel: str | None = None
    track: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as one recipient gets it."""

    subject_line: str
    html: str
    text: str


class TooLongToSend(Exception):
    """What was written for one recipient is longer than an event may be."""


def check(parts: Mapping[str, str | None]) -> None:
    """Raise BadRequest with every fault of a template's parts (subject, html, text)."""
    faults = [
        fault for name, source in parts.items() if source is not None for fault in _faults(name, source)
    ]
    if faults:
        raise BadRequest("template-refused", errors=faults)


def write(words: Words, values: Mapping[str, Any], links: Links) -> Written:
    """Fill a checked template in; TooLongToSend when the result is."""
    given = {**values, "unsubscribe_url": links.unsubscribe}
    subject = " ".join(_compiled(words.subject, escape=False).render(given).split())
    body = _compiled(_with_way_out(words.html, words.language, is_html=True), escape=True).render(given)
    cleaned = _cleaned(body, _hosts(words.html), links)
    if words.text is None:
        text = _plain(_cleaned(body, frozenset(), links))
    else:
        text = _compiled(_with_way_out(words.text, words.language, is_html=False), escape=False).render(given)
    written = Written(subject, _page(subject, cleaned, words.language, links.pixel), text)
    if len(written.html.encode()) + len(written.text.encode()) > MOST_BYTES:
        raise TooLongToSend
    return written


def _faults(name: str, source: str) -> Iterator[FieldError]:
    pointer = f"/{name}"
    try:
        tree = _environment(escape=True).parse(source)
    except TemplateSyntaxError as error:
        yield TemplateFault("template-syntax", pointer, error.lineno)
        return
    except RecursionError:
        yield TemplateFault("template-forbidden", pointer, 1)
        return
    found = list(_walk(tree))
    faults = {(node.lineno or 1, code) for node in found for code in _fault(node)}
    if sum(isinstance(node, nodes.Name | nodes.Getattr | nodes.Filter) for node in found) > MOST_VARIABLES:
        faults.add((1, "template-too-large"))
    if name == "html":
        faults |= {(line, "template-link") for line in _open_links(source)}
    told = [TemplateFault(code, pointer, line) for line, code in sorted(faults)]
    yield from told or _too_deep(source, pointer)


def _too_deep(source: str, pointer: str) -> Iterator[FieldError]:
    """Yield a fault for what parses, but is nested deeper than Python can compile."""
    try:
        _environment(escape=True).compile(source)
    except (SyntaxError, RecursionError):
        yield TemplateFault("template-forbidden", pointer, 1)


def _walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Yield every node but the name that an attribute belongs to, without a stack of calls."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        named = isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name)
        waiting.extend(() if named else node.iter_child_nodes())


def _fault(node: nodes.Node) -> Iterator[str]:
    if not isinstance(node, _ALLOWED):
        yield "template-forbidden"
    elif isinstance(node, nodes.Filter) and not _is_known(node):
        yield "template-filter"
    elif isinstance(node, nodes.Operand) and node.op not in _COMPARISONS:
        yield "template-forbidden"
    elif isinstance(node, nodes.Getattr):
        known = VARIABLES.get(node.node.name, frozenset()) if isinstance(node.node, nodes.Name) else ()
        if node.attr not in known:
            yield "template-variable"
    elif isinstance(node, nodes.Name) and VARIABLES.get(node.name, frozenset({""})):
        # Only a name without attributes is a text itself.
        yield "template-variable"


def _is_known(node: nodes.Filter) -> bool:
    """Tell a filter that cannot fail: only a default takes an argument, and only one."""
    arguments = 1 if node.name == "default" else 0
    several = node.kwargs or node.dyn_args or node.dyn_kwargs
    return node.name in _FILTERS and not several and len(node.args) == arguments


def _open_links(source: str) -> Iterator[int]:
    """Yield the line of each link that begins with a variable, or fills one into its host."""
    for match in _LINK.finditer(source):
        target = match[1]
        if "{" in target and not (_OURS.fullmatch(target) or _HOST.match(target) or target[:1] == "#"):
            yield source.count("\n", 0, match.start()) + 1


@lru_cache(maxsize=2)
def _environment(*, escape: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        autoescape=escape, undefined=StrictUndefined, cache_size=0, auto_reload=False
    )
    environment.filters = {name: environment.filters[name] for name in _FILTERS} | {"default": _default}
    environment.globals = {}
    return environment


def _default(value: Any, instead: Any) -> Any:
    """Return the other value for what is not known: an empty text."""
    return value or instead


@lru_cache(maxsize=128)
def _compiled(source: str, *, escape: bool) -> Template:
    return _environment(escape=escape).from_string(source)


@lru_cache(maxsize=128)
def _with_way_out(source: str, language: str, *, is_html: bool) -> str:
    """Return the source with a way to unsubscribe: every mail has one, whatever its author forgot."""
    if "unsubscribe_url" in source:
        return source
    words = _FOOTERS.get(language.partition("-")[0], _FOOTER)
    if is_html:
        return f'{source}<p style="font-size:12px"><a href="{{{{ unsubscribe_url }}}}">{words}</a></p>'
    return f"{source}\n\n{words}: {{{{ unsubscribe_url }}}}\n"


@lru_cache(maxsize=128)
def _hosts(source: str) -> frozenset[tuple[str, str]]:
    return frozenset((scheme.lower(), host.lower()) for scheme, host in _HOST.findall(source))


def _cleaned(body: str, hosts: frozenset[tuple[str, str]], links: Links) -> str:
    """Drop whatever could run or ask elsewhere than it seems, and turn the template's own links into ours."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href" and links.track and value != links.unsubscribe:
            return _tracked(value, hosts, links.track)
        return value

    return nh3.clean(
        body,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        filter_style_properties=_STYLES,
    )


def _tracked(value: str, hosts: frozenset[tuple[str, str]], track: Callable[[str], str]) -> str:
    """Return our link to a target on a host that the template names; any other stays as it is."""
    try:
        target = quote(value.strip(), safe=_URL_SAFE)
        parts = urlsplit(target)
    except ValueError:
        return value
    ours = (parts.scheme.lower(), parts.netloc.lower()) in hosts and len(target) <= _LONGEST_TARGET
    return track(target) if ours else value


def _plain(body: str) -> str:
    """Return a text for readers without HTML: the words of a cleaned body, a link's address behind them."""
    linked = _ANCHOR.sub(r"\2 (\1)", body)
    text = markup.unescape(nh3.clean(_BREAK.sub("\n", linked), tags=set()))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def _page(title: str, body: str, language: str, pixel: str | None) -> str:
    seen = f'<img src="{markup.escape(pixel)}" width="1" height="1" alt="">' if pixel else ""
    head = f'<meta charset="utf-8"><title>{markup.escape(title)}</title>'
    opening = f'<!doctype html><html lang="{markup.escape(language)}"><head>{head}</head>'
    return f"{opening}<body>{body}{seen}</body></html>"
