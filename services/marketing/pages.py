"""What the holder of a link in a mail sees: an invisible image, and two short pages in his language."""

import base64

from libs.common.problem_texts import Wording

# A transparent GIF of one pixel.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

_TITLE = Wording("Unsubscribe", "退订")
_QUESTION = Wording("Do you want to get no more of these mails?", "您确定不再接收此类邮件吗？")
_YES = Wording("Unsubscribe", "确认退订")
_THANKS = Wording("You will get no more of these mails.", "您将不再收到此类邮件。")


def question(language: str) -> str:
    """Return the page that asks before anything happens."""
    button = f'<form method="post"><button type="submit">{_YES.in_language(language)}</button></form>'
    return _page(language, f"<p>{_QUESTION.in_language(language)}</p>{button}")


def thanks(language: str) -> str:
    """Return the page that says that it is done."""
    return _page(language, f"<p>{_THANKS.in_language(language)}</p>")


def _page(language: str, body: str) -> str:
    title = _TITLE.in_language(language)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    opening = f'<!doctype html><html lang="{language}"><head>{head}<title>{title}</title></head>'
    return f"{opening}<body><main><h1>{title}</h1>{body}</main></body></html>"
