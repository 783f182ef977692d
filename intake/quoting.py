"""What the writer of a mail says in their own words, without what they answer or what we wrote to them."""

import re
from collections.abc import Collection, Iterator, Sequence

from policy.addresses import within

#: `On Monday … wrote:`, which mail programs put above a quotation; it may be broken over two lines.
_ATTRIBUTION = re.compile(
    r"(?:on\b.{0,200}\bwrote|le\b.{0,200}\ba écrit|am\b.{0,200}\bschrieb\b.{0,80}|el\b.{0,200}\bescribió)\s*:", re.I
)
_DIVIDER = re.compile(
    r"[-_*=\s]*(?:original message|original appointment|forwarded message|begin forwarded message|forwarded by .{0,80})"
    r"[-_*=:\s]*",
    re.I,
)
_HEADER = re.compile(
    r"[*_ \t]*(from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments)[*_ \t]*:[*_ \t]*(.*)", re.I
)
_FROM = re.compile(r"[*_ \t]*from[*_ \t]*:", re.I)
#: Lines that the head of a quoted message may take, long lists of recipients among them.
_HEAD_LINES = 25
_ADDRESS_DOMAIN = re.compile(r"@([a-z0-9.-]+)", re.I)


def own_words(text: str, ours: Collection[str]) -> str:
    """The text without quotations: what counts is what the officer newly writes, or sends on from somebody else.

    Left out are lines marked with `>`, what follows `On … wrote:`, and a message below its own head (`From: … Sent: …`)
    where that head names one of `ours` (domains that we write from) or nobody whom it can be read from. A head that
    names somebody else is a forwarded message: its lines are left out and the words below it count.
    """
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith(">"):
            at += 1
        elif _is_attribution(lines, at):
            if not _marked(lines, at):
                break  # The quotation is not marked line by line, so that nobody can say where it ends.
            at += 1
        elif (head := _head(lines, at)) is not None:
            after, author = head
            if author is None or any(within(domain, our) for domain in author for our in ours):
                break
            at = after
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept)


def _is_attribution(lines: Sequence[str], at: int) -> bool:
    line = lines[at].strip()
    if not line or len(line) > 400:
        return False
    following = lines[at + 1].strip()[:200] if at + 1 < len(lines) else ""
    return bool(_ATTRIBUTION.fullmatch(line) or _ATTRIBUTION.fullmatch(f"{line} {following}"))


def _marked(lines: Sequence[str], at: int) -> bool:
    """Whether the quotation below an attribution has its lines marked."""
    below = (line.strip() for line in lines[at + 1 : at + 6])
    return any(line.startswith(">") for line in below)


def _head(lines: Sequence[str], at: int) -> tuple[int, list[str] | None] | None:
    """The head of a quoted message: where its words begin, and the domains in its From; None where there is no head."""
    divided = bool(_DIVIDER.fullmatch(lines[at].strip()))
    if not divided and not _FROM.match(lines[at]):
        return None
    start = at + 1 if divided else at
    while divided and start < len(lines) and not lines[start].strip():
        start += 1
    author: list[str] | None = None
    names: set[str] = set()
    end = start
    for name, value in _headers(lines[start : start + _HEAD_LINES]):
        end += 1
        if name is not None:
            names.add(name)
            if name == "from":
                author = [domain.lower() for domain in _ADDRESS_DOMAIN.findall(value)] or None
    if divided or ("from" in names and ("sent" in names or {"date", "subject"} <= names)):
        return max(end, at + 1), author
    return None


def _headers(lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """The header lines at the beginning, each with its name; a line that goes on with a list of recipients has none."""
    seen = False
    for line in lines:
        found = _HEADER.fullmatch(line.strip())
        if found:
            seen = True
            yield found[1].lower(), found[2]
        elif seen and line[:1] in " \t" and line.strip():
            yield None, ""
        else:
            return
