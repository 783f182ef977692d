"""Plain text for any mail reader: paragraphs, items of lists and indented lines, none wider than 76 characters."""

import re
import textwrap

WIDTH = 76
INDENT = "  "


def fill(text: str) -> str:
    """Wrap each paragraph and each item of a list at 76 characters; indented lines stay as they are."""
    blocks = (block.split("\n") for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip())
    return "\n\n".join("\n".join(_fill_block(lines)) for lines in blocks) + "\n"


def _fill_block(lines: list[str]) -> list[str]:
    filled: list[str] = []
    for lead, run in _runs(lines):
        if lead == INDENT:
            filled.append(run.rstrip())
        else:
            hanging = " " * len(lead)
            filled += wrap(run.removeprefix(lead), width=WIDTH, first=lead, rest=hanging)
    return filled


def _runs(lines: list[str]) -> list[tuple[str, str]]:
    """Lines joined into what is wrapped as one: each item and each indented line by itself, other text together."""
    runs: list[tuple[str, str]] = []
    for line in lines:
        lead = next((lead for lead in (INDENT, "- ") if line.startswith(lead)), "")
        if not lead and runs and runs[-1][0] != INDENT:
            runs[-1] = (runs[-1][0], f"{runs[-1][1]} {line.strip()}")
        else:
            runs.append((lead, line))
    return runs


def wrap(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
