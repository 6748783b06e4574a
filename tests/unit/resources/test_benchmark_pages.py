"""The page of benchmarks keeps every section but the one that is written."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pages import write_section


def test_a_section_is_replaced_in_its_place_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write_section("render", "# Render\n1.0", page)
    write_section("continuity", "# Canon\n\\1 0.2", page)
    write_section("render", "# Render\n2.0\n", page)
    assert page.read_text(encoding="utf-8") == (
        "<!-- render -->\n# Render\n2.0\n<!-- end of render -->\n\n"
        "<!-- continuity -->\n# Canon\n\\1 0.2\n<!-- end of continuity -->\n"
    )
