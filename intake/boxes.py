"""Boxes to tick, as forms of paper and of text have them: what stands behind those that are ticked."""

import re

_MARK = r"[☐☑☒✓✔✗✘]|\[[ xX]?\]"
_BOX = re.compile(f"({_MARK})")
_BOX_FIRST = re.compile(rf"[ \t]*(?:{_MARK})")
_EMPTY = frozenset({"☐", "[ ]", "[]"})


def begins_with_box(line: str) -> bool:
    """Whether the line is one of a list of boxes."""
    return _BOX_FIRST.match(line) is not None


def ticked(text: str) -> str:
    """What stands before the first box and behind each that is ticked; all of the text where it has no boxes."""
    before, *boxed = _BOX.split(text)
    return " ".join([before, *(said for box, said in zip(boxed[::2], boxed[1::2], strict=True) if box not in _EMPTY)])
