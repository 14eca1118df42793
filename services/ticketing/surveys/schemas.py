"""Surveys as the API takes and shows them, and the page that a customer answers on."""

from datetime import datetime
from html import escape
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import Instant, LongText

Score = Annotated[int, Field(strict=True, ge=1, le=5, description="5 is the best.")]


class Answer(BaseModel):
    """How content somebody is, and why."""

    model_config = ConfigDict(extra="forbid")

    score: Score
    comment: LongText | None = None


class FormAnswer(BaseModel):
    """The same from a form, where all is text."""

    model_config = ConfigDict(extra="ignore")

    score: Annotated[int, Field(ge=1, le=5)]
    comment: LongText | None = None


class SurveyCreate(Answer):
    """What a customer said to a colleague; `occurred_at` is of the past."""

    ticket_id: UUID
    occurred_at: Instant | None = None


class Thanks(BaseModel):
    """The answer was kept."""

    score: int


class SurveyRead(BaseModel):
    """A survey; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    shows: ClassVar[str] = "survey"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    ticket_id: UUID
    contact_id: UUID | None
    channel: str
    sent_at: datetime | None
    answered_at: datetime | None
    score: int | None
    comment: str | None
    mail_status: str | None
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None


_WORDS = {
    "en": ("How content are you with our help?", "Anything to add?", "Send", "Thank you for your answer."),
    "zh": ("您对我们的服务满意吗？", "还有什么想说的吗？", "提交", "感谢您的反馈。"),
}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{number}</title></head>
<body><main><h1>{number}</h1>{body}</main></body></html>
"""
_FORM = """<form method="post"><fieldset><legend>{question}<br>{question_too}</legend>{choices}</fieldset>
<p><label>{why} · {why_too}<br><textarea name="comment" maxlength="20000" rows="4"></textarea></label></p>
<p><button>{send} · {send_too}</button></p></form>"""
_CHOICE = '<label><input type="radio" name="score" value="{score}" required> {score} {stars}</label> '
_BEST = 5


def question_page(number: str, language: str) -> str:
    """Return the page that asks, in both languages, the reader's own first."""
    mine, other = _both(language)
    choices = "".join(_CHOICE.format(score=score, stars="★" * score) for score in range(_BEST, 0, -1))
    form = _FORM.format(
        question=mine[0],
        question_too=other[0],
        why=mine[1],
        why_too=other[1],
        send=mine[2],
        send_too=other[2],
        choices=choices,
    )
    return _PAGE.format(language=language, number=escape(number), body=form)


def thanks_page(number: str, language: str) -> str:
    """Return the page that thanks, in both languages."""
    mine, other = _both(language)
    return _PAGE.format(language=language, number=escape(number), body=f"<p>{mine[3]}<br>{other[3]}</p>")


def question_mail(number: str, link: str, language: str) -> tuple[str, str]:
    """Return subject line and text of the mail that asks."""
    words = _both(language)[0]
    return f"[{number}] {words[0]}", f"{words[0]}\n\n{link}\n"


def _both(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    other = "en" if language == "zh" else "zh"
    return _WORDS["zh" if language == "zh" else "en"], _WORDS[other]
