"""The page of benchmarks: each benchmark writes its own section and leaves the others as they are."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Put ``text`` into the section ``name`` of the page, at its end where there is none yet."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{begin}\n{text.strip()}\n{end}\n"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n?", re.DOTALL)
    if pattern.search(old):
        page.write_text(pattern.sub(lambda _: section, old), encoding="utf-8")
    else:
        page.write_text(f"{old.rstrip()}\n\n{section}" if old.strip() else section, encoding="utf-8")
