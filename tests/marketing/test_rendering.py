"""What a template may do, and how a mail looks that was made of one."""

import time
from typing import Any

import pytest

from libs.common.problems import BadRequest
from services.marketing.rendering import MOST_VARIABLES, Links, TooLongToSend, Words, Written, check, write

LINKS = Links(
    "https://crm.example.com/l/u/x?a=1&b=2", "https://crm.example.com/l/o/x", lambda url: f"tracked:{url}"
)
OURS = Links("https://crm.example.com/l/u/x", None, lambda url: f"https://crm.example.com/l/c/{len(url)}")


def values(**contact: str) -> dict[str, Any]:
    names = ("family_name", "given_name", "full_name", "title", "email", "language")
    return {
        "contact": dict.fromkeys(names, "") | contact,
        "account": {"name": "Acme"},
        "campaign": {"name": "Spring"},
    }


def written(html: str = "<p>x</p>", links: Links = OURS, text: str | None = None, **contact: str) -> Written:
    return write(Words("Hello", html, text, "en"), values(**contact), links)


def refused(source: str, part: str = "html") -> list[tuple[str, str, int]]:
    """The faults of a source: code, pointer, line."""
    try:
        check({part: source})
    except BadRequest as error:
        told: list[dict[str, Any]] = [fault.document("en") for fault in error.errors]
        return [(each["code"], each["pointer"], each["line"]) for each in told]
    return []


class TestCheck:
    @pytest.mark.parametrize(
        "source",
        [
            "Hello",
            "{{ contact.full_name }} of {{ account.name }}: {{ campaign.name }}",
            "{{ contact.given_name|default('friend')|title }}",
            "{% if contact.language == 'zh' %}你好{% elif contact.title %}Hi{% else %}Hello{% endif %}",
            "{{ contact.given_name or contact.family_name }}",
            "{{ 'Dr' if contact.title == 'Dr' else '' }}",
            '<a href="{{ unsubscribe_url }}">Out</a>',
            '<a href="https://shop.example.com/{{ contact.language }}?x={{ contact.title }}">Shop</a>',
            '<a href="#top">Up</a>',
            "{# a remark #}",
        ],
        ids=["words", "names", "default", "if", "or", "choice", "way-out", "link", "anchor", "remark"],
    )
    def test_allows(self, source: str) -> None:
        assert refused(source) == []

    @pytest.mark.parametrize(
        ("source", "code"),
        [
            ("{% for i in range(10**9) %}x{% endfor %}", "template-forbidden"),
            ("{% for i in contact %}x{% endfor %}", "template-forbidden"),
            ("{{ lipsum(n=10**6) }}", "template-forbidden"),
            ("{{ 'x' * 10**9 }}", "template-forbidden"),
            ("{{ 2 ** 10 ** 10 }}", "template-forbidden"),
            ("{% macro m() %}{{ m() }}{% endmacro %}", "template-forbidden"),
            ("{% include 'x' %}", "template-forbidden"),
            ("{% import 'os' as os %}", "template-forbidden"),
            ("{% extends 'x' %}", "template-forbidden"),
            ("{% set x = contact %}", "template-forbidden"),
            ("{{ contact['__class__'] }}", "template-forbidden"),
            ("{{ contact.title > 3 }}", "template-forbidden"),
            ("{{ contact.__class__ }}", "template-variable"),
            ("{{ contact.title.__class__ }}", "template-variable"),
            ("{{ ''.__class__.__mro__ }}", "template-variable"),
            ("{{ self }}", "template-variable"),
            ("{{ contact }}", "template-variable"),
            ("{{ contact.phone }}", "template-variable"),
            ("{{ user.name }}", "template-variable"),
            ("{{ unsubscribe_url.x }}", "template-variable"),
            ("{{ contact.title|center(10000000) }}", "template-filter"),
            ("{{ contact.title|safe }}", "template-filter"),
            ("{{ contact.title|attr('x') }}", "template-filter"),
            ("{{ contact.title|trim(3) }}", "template-filter"),
            ("{{ contact.title|default(*account) }}", "template-filter"),
            ("{{ contact.title", "template-syntax"),
            ("{% if %}", "template-syntax"),
            ('<a href="{{ contact.title }}">x</a>', "template-link"),
            ('<a href="https://{{ contact.title }}/">x</a>', "template-link"),
            ('<a href="https://shop.example.com{{ contact.title }}/">x</a>', "template-link"),
            ('<a href="https://{{ contact.title }}@shop.example.com/">x</a>', "template-link"),
            ("{{ contact.title }}" * (MOST_VARIABLES + 1), "template-too-large"),
            ("{% if contact.title %}" * 150 + "{% endif %}" * 150, "template-forbidden"),
            ("{{ " + "(" * 20_000, "template-forbidden"),
        ],
        ids=lambda value: value[:28] if isinstance(value, str) else None,
    )
    def test_refuses_at_once(self, source: str, code: str) -> None:
        began = time.monotonic()

        codes = {fault[0] for fault in refused(source)}

        # Far from any measure: what is refused is not run.
        assert (code in codes, time.monotonic() - began < 30) == (True, True)

    def test_names_the_part_and_the_line_of_each_fault(self) -> None:
        source = "Hello\n{{ contact.phone }}\n\n{{ contact.title|safe }}"

        assert refused(source, "text") == [("template-variable", "/text", 2), ("template-filter", "/text", 4)]

    def test_tells_faults_in_the_readers_language(self) -> None:
        with pytest.raises(BadRequest) as caught:
            check({"html": "{{ contact.phone }}"})

        assert caught.value.errors[0].document("zh")["message"] == "使用了未知变量"


class TestWrite:
    def test_fills_in_what_is_known(self) -> None:
        made = written("<p>{{ contact.full_name }}, {{ account.name }}</p>", full_name="Wei Li")

        assert "<p>Wei Li, Acme</p>" in made.html
        assert made.text.startswith("Wei Li, Acme")

    def test_leaves_out_what_is_unknown(self) -> None:
        made = written(
            "<p>[{{ contact.title }}]{{ contact.title|upper }}{{ contact.title|default('x') }}</p>"
        )

        assert "<p>[]x</p>" in made.html

    def test_lets_no_value_become_markup(self) -> None:
        made = written("<p>{{ contact.family_name }}</p>", family_name="<script>alert(1)</script><b>x")

        assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;x</p>" in made.html

    @pytest.mark.parametrize(
        "source",
        [
            "<script>alert(1)</script>",
            '<p onclick="alert(1)">x</p>',
            '<a href="javascript:alert(1)">x</a>',
            '<a href="data:text/html,x">x</a>',
            '<img src="javascript:alert(1)">',
            '<iframe src="https://x.example.com"></iframe>',
            '<form action="https://x.example.com"><input></form>',
            "<style>p { background: url(https://x.example.com) }</style>",
            '<p style="position:fixed;behavior:url(x)">x</p>',
            '<object data="x"></object><embed src="x"><base href="x"><meta http-equiv="refresh">',
            '<svg onload="alert(1)"><a xlink:href="javascript:alert(1)">x</a></svg>',
            "<!-- [if IE]> <script>alert(1)</script> <![endif]-->",
        ],
        ids=[
            "script",
            "onclick",
            "href",
            "data",
            "img",
            "frame",
            "form",
            "style",
            "css",
            "object",
            "svg",
            "if",
        ],
    )
    def test_carries_nothing_that_runs(self, source: str) -> None:
        body = written(source, Links("https://crm.example.com/l/u/x")).html.partition("<body>")[2].lower()

        for word in (
            "script",
            "onclick",
            "onload",
            "data:",
            "<iframe",
            "<form",
            "<style",
            "fixed",
            "behavior",
        ):
            assert word not in body
        for word in ("<object", "<embed", "<base", "<meta", "<svg", "<!--"):
            assert word not in body

    def test_turns_links_of_the_template_into_ours(self) -> None:
        target = "https://shop.example.com/a?b=1"

        made = written(f'<a href="{target}">x</a> {target}')

        assert f'href="https://crm.example.com/l/c/{len(target)}"' in made.html
        assert f"({target})" in made.text

    @pytest.mark.parametrize(
        "html",
        [
            '<a href="mailto:us@example.com">x</a>',
            '<a href="https://shop.example.com/{{ contact.title }}">x</a>',
            '<a href="https://shop.example.com/x">x</a>',
        ],
        ids=["mail", "too-long", "path"],
    )
    def test_tracks_only_what_fits(self, html: str) -> None:
        made = written(html, title="y" * 3000)

        assert ("/l/c/" in made.html) == html.endswith('/x">x</a>')

    def test_leaves_alone_a_link_whose_host_came_from_a_value(self) -> None:
        html = "{{ contact.title }} <a href=https://shop.example.com/>x</a>"

        made = written(html, title='<a href="https://evil.example.com/">y</a>')

        assert made.html.count("/l/c/") == 1
        assert '<a href="https://evil' not in made.html

    def test_keeps_the_subject_on_one_line(self) -> None:
        words = Words("Hi {{ contact.title }}", "<p>x</p>", None, "en")

        made = write(words, values(title="x\r\nBcc: all@example.com"), OURS)

        assert made.subject_line == "Hi x Bcc: all@example.com"

    def test_has_a_pixel_and_a_way_out(self) -> None:
        made = written("<p>x</p>", LINKS)

        assert '<img src="https://crm.example.com/l/o/x" width="1" height="1" alt="">' in made.html
        assert 'href="https://crm.example.com/l/u/x?a=1&amp;b=2"' in made.html
        assert "Unsubscribe (https://crm.example.com/l/u/x?a=1&b=2)" in made.text

    def test_says_the_way_out_in_the_mails_language(self) -> None:
        made = write(Words("x", "<p>你好</p>", "你好", "zh-CN"), values(), LINKS)

        assert ("退订" in made.html, "退订" in made.text) == (True, True)

    def test_adds_no_second_way_out(self) -> None:
        made = written('<a href="{{ unsubscribe_url }}">Out</a>', text="Out: {{ unsubscribe_url }}")

        assert (made.html.count("/l/u/"), made.text.count("/l/u/")) == (1, 1)

    def test_writes_the_text_as_it_stands(self) -> None:
        made = written(text="{{ contact.family_name }} & <b>", family_name="Li & Sons")

        assert made.text.startswith("Li & Sons & <b>")

    def test_refuses_what_is_longer_than_an_event(self) -> None:
        with pytest.raises(TooLongToSend):
            written("<p>" + "{{ contact.title }}" * 200 + "</p>", title="你" * 255)
