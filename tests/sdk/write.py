"""Writes the generated part of the SDK: `python -m tests.sdk.write`."""

from sdk.python.generator.package import PACKAGE, generated
from tests.sdk.documents import merged, schemas


def main() -> int:
    """Write every generated module, and take away what is not generated any more."""
    files = generated(merged(), schemas())
    for folder in ("api", "events"):
        for stale in {*(PACKAGE / folder).glob("*.py")} - files.keys() - {PACKAGE / "api" / "__init__.py"}:
            stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
