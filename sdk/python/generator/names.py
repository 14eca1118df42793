"""Names: of an API's schemas, paths and parameters, as Python says them."""

import keyword
import re

# What pydantic's own classes have: a field of that name gets an underscore, and its own name as alias.
TAKEN = frozenset({"copy", "dict", "json", "schema", "construct", "validate", "fields", "model_config"})


def class_name(key: str) -> str:
    """Return a component's key as a class, of `sales.Duplicate`, `Batch_Lead_`, `a__b__schemas__Merge`."""
    *places, last = key.replace(".", "__").rstrip("_").split("__")
    words = [*(word for word in places if word not in {"services", "schemas"}), last]
    return "".join(_capital(part) for word in words for part in re.split(r"[\W_]+", word))


def attribute(name: str) -> str:
    """Return a JSON name as an attribute: no keyword, nothing that pydantic has."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) or plain in TAKEN else plain


def parameter(name: str) -> str:
    """Return a query parameter as a keyword: `name[contains]` is `name__contains`, `from` is `from_`."""
    plain = re.sub(r"\[(\w+)\]", r"__\1", name).replace("-", "_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def snake(segment: str) -> str:
    """Return a segment of a path as a name."""
    return segment.replace("-", "_")


def singular(word: str) -> str:
    """Return the singular of a regular plural."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s")


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
