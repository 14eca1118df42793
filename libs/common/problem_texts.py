"""The words of problem documents, English and Chinese, by slug and by field-error code."""

from collections.abc import Mapping
from typing import NamedTuple

LANGUAGES = ("en", "zh")


class Wording(NamedTuple):
    """A text in each language of LANGUAGES."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the text in `language`, one of LANGUAGES; any other language reads English."""
        return self.zh if language == "zh" else self.en


TITLES: dict[str, Wording] = {
    "already-exists": Wording("There is such a record already", "该记录已存在"),
    "bad-cursor": Wording("The cursor is not one of this list", "游标不属于该列表"),
    "bad-fields": Wording("The requested fields are not readable", "请求的字段不可读取"),
    "bad-filter": Wording("The filter is not valid", "筛选条件无效"),
    "bad-idempotency-key": Wording("The idempotency key is not valid", "幂等键无效"),
    "bad-if-match": Wording("The If-Match header names no version", "If-Match 请求头不是有效的版本"),
    "bad-limit": Wording("The limit is out of range", "每页条数超出范围"),
    "bad-parameter": Wording("A parameter is not valid", "请求参数无效"),
    "bad-request": Wording("The request is not valid", "请求无效"),
    "bad-sort": Wording("The sort order is not valid", "排序方式无效"),
    "conflict": Wording("The request conflicts with the current state", "请求与当前状态冲突"),
    "deleted": Wording("The record is deleted", "该记录已删除"),
    "directory-behind": Wording("The directory is catching up", "组织目录正在同步"),
    "erased": Wording("The person was forgotten on request", "该个人的数据已应要求擦除"),
    "external-id-taken": Wording("The external id is already in use", "外部编号已被使用"),
    "forbidden": Wording("This is not allowed", "没有权限"),
    "idempotency-key-reused": Wording(
        "The idempotency key belongs to another request", "幂等键已用于其他请求"
    ),
    "illegal-transition": Wording("The record does not allow this now", "当前状态不允许该操作"),
    "in-flight": Wording("The same request is still running", "相同的请求仍在处理中"),
    "internal": Wording("Something went wrong on our side", "服务器内部错误"),
    "malformed": Wording("The payload is malformed", "请求内容格式不正确"),
    "method-not-allowed": Wording("The method is not allowed here", "不支持该请求方法"),
    "not-acceptable": Wording("No acceptable representation exists", "没有可接受的响应格式"),
    "not-deleted": Wording("The record is not deleted", "该记录未被删除"),
    "not-found": Wording("Nothing was found here", "未找到"),
    "pool-exhausted": Wording("The service is busy", "服务繁忙"),
    "precondition-required": Wording("The If-Match header is required", "缺少 If-Match 请求头"),
    "stale-version": Wording("The record has changed meanwhile", "记录已被修改，请刷新后重试"),
    "too-large": Wording("The payload is too large", "请求内容过大"),
    "too-slow": Wording("The request took too long", "请求处理超时"),
    "too-many-requests": Wording("Too many requests", "请求过于频繁"),
    "unauthenticated": Wording("Sign in first", "请先登录"),
    "unavailable": Wording("The service is not available now", "服务暂不可用"),
    "unknown-parameter": Wording("A parameter is unknown", "未知的请求参数"),
    "unknown-reference": Wording("A referenced record is unknown", "引用的记录不存在"),
    "value-unreadable": Wording(
        "A stored value fails its check and is not shown", "存储的值未通过校验，不予显示"
    ),
    "unsupported-media-type": Wording("The media type is not supported", "不支持的内容类型"),
}

CODES: dict[str, Wording] = {
    "missing": Wording("is required", "为必填项"),
    "unknown-field": Wording("is not a known field", "不是已知字段"),
    "unknown-parameter": Wording("is not a known parameter", "不是已知参数"),
    "not-readable": Wording("is not a readable field", "不是可读取的字段"),
    "repeated": Wording("is given more than once", "重复出现"),
    "bad-json": Wording("is not valid JSON", "不是有效的 JSON"),
    "wrong-type": Wording("has the wrong type", "类型不正确"),
    "too-short": Wording("is too short", "过短"),
    "too-long": Wording("is too long", "过长"),
    "out-of-range": Wording("is out of range", "超出范围"),
    "not-listed": Wording("is not one of the allowed values", "不在允许的取值之内"),
    "bad-format": Wording("has the wrong format", "格式不正确"),
    "not-sortable": Wording("cannot be sorted by", "不支持按此排序"),
    "bad-operator": Wording("is not an operator of this field", "该字段不支持此运算符"),
    "not-valid": Wording("is not valid", "无效"),
}


def register(titles: Mapping[str, tuple[str, str]]) -> None:
    """Add a service's own slugs with their (en, zh) titles, at import.

    Raises ValueError when a slug is already worded differently: a slug has one meaning.
    """
    for slug, (en, zh) in titles.items():
        wording = Wording(en, zh)
        if TITLES.setdefault(slug, wording) != wording:
            message = f"The problem slug {slug!r} already has another wording."
            raise ValueError(message)


def title(slug: str, language: str) -> str:
    """Return the title of `slug` in `language`; an unregistered slug reads as its own words."""
    wording = TITLES.get(slug)
    return wording.in_language(language) if wording else slug.replace("-", " ").capitalize()


def preferred_language(accept_language: str | None) -> str:
    """Return the language that an Accept-Language header likes best (RFC 9110, 12.5.4), else "en"."""
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(",")[:50]:
        tag, _, parameters = part.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        for language in LANGUAGES if primary == "*" else (primary,):
            weights.setdefault(language, _quality(parameters))
    best = max(LANGUAGES, key=lambda language: weights.get(language, 0.0))
    return best if weights.get(best, 0.0) > 0 else "en"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
