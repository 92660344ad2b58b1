"""Writes a section of docs/benchmarks.md; used by the tools/bench-* that are written in Python."""

import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/benchmarks.md"


def write_section(title, lines, page=PAGE):
    """Replaces a section of a page, from its heading to the next one, or appends it; the others stay as they are."""
    text = page.read_text() if page.exists() else "# Benchmarks\n"
    section = f"## {title}\n\n" + "\n".join(lines) + "\n"
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", text, re.M | re.S)
    if found:
        after = text[found.end():]
        text = text[:found.start()] + section + ("\n" + after if after else "")
    else:
        text = text.rstrip("\n") + "\n\n" + section
    page.write_text(text)
