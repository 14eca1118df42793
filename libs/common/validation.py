"""What pydantic finds wrong, as a problem; workers validate too, and have no web framework."""

from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.problems import BadRequest, FieldError, Malformed, NotFound, Problem

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown-field",
    "json_invalid": "bad-json",
    "string_too_short": "too-short",
    "too_short": "too-short",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "int_parsing_size": "out-of-range",
    "enum": "not-listed",
    "literal_error": "not-listed",
    "string_pattern_mismatch": "bad-format",
}


def from_validation(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Translate pydantic's errors, never echoing the input.

    In the path 404 (it names nothing), in parameters 400, in the body 422.
    """
    places = {str(error["loc"][0]) for error in errors}
    if "path" in places:
        return NotFound()
    if "body" not in places:
        return BadRequest("bad-parameter", errors=[_parameter_error(error) for error in errors])
    return Malformed(errors=[_body_error(error) for error in errors if error["loc"][0] == "body"])


def _body_error(error: Mapping[str, Any]) -> FieldError:
    # A syntax error's location is an offset into the text, which is no pointer.
    steps = () if error["type"] == "json_invalid" else error["loc"][1:]
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return FieldError(_code(error["type"]), pointer=pointer)


def _parameter_error(error: Mapping[str, Any]) -> FieldError:
    name = ".".join(str(step) for step in error["loc"][1:])
    return FieldError(_code(error["type"]), parameter=name)


def _code(kind: str) -> str:
    if kind in _CODES:
        return _CODES[kind]
    return "wrong-type" if kind.endswith(("_type", "_parsing")) else "not-valid"
