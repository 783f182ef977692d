"""Bytes to text that can be searched: any character set, and no invisible characters left."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

#: Characters and lines of a mail's text that are read: a hundred pages. Hostile ones cost a second.
TEXT_LIMIT = 300_000
LINE_LIMIT = 10_000
#: Bytes, or characters, that are looked at to find them: a page of the web is mostly tags.
SOURCE_LIMIT = 1_500_000

#: Not character sets of mail, and slow or surprising on hostile bytes.
_REFUSED_CODECS = frozenset({"idna", "punycode", "unicode_escape", "raw-unicode-escape", "unicode-escape", "undefined"})
#: Control, zero-width and bidirectional characters, noncharacters and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x0c|\x85")
#: Two spaces part columns, and more say no more: over long gaps many a pattern would take quadratic time.
_GAP = re.compile(r"[ \t]{3,}")
#: Text is brought into compatibility form in pieces, which end before a plain character where there is one: the marks
#: above and below one letter are put in order in quadratic time, however many there are.
_PIECE = re.compile("(?s).{200,400}?(?=[\x00-\x7f])|.{1,400}")


@dataclass(slots=True)
class Room:
    """How much text is still read of a message: bytes to look at, and characters and lines that come of them.
    `full`: some was left out."""

    letters: int = TEXT_LIMIT
    lines: int = LINE_LIMIT
    octets: int = SOURCE_LIMIT
    full: bool = False

    def look(self, octets: bytes | memoryview, *, whole: bool = True) -> bytes:
        """The bytes, or as many of the first as may still be looked at. Not `whole`: there are more of them already."""
        seen = bytes(octets[: self.octets])
        self.octets -= len(seen)
        self.full = self.full or not whole or len(seen) < len(octets)
        return seen

    def take(self, text: str) -> str:
        """The text, or as much of its beginning as there is room for."""
        kept = text[: self.letters]
        if kept.count("\n") >= self.lines:
            kept = "\n".join(kept.split("\n", self.lines)[: self.lines])
        self.letters -= len(kept)
        self.lines -= kept.count("\n") + bool(kept)
        self.full = self.full or len(kept) < len(text)
        return kept


def clean(text: str) -> str:
    """At most `SOURCE_LIMIT` characters of the text, in compatibility form (ligatures become letters), with plain line
    ends, no unseen characters, and no gap wider than two spaces."""
    return _GAP.sub("  ", _compatible(_UNSEEN.sub("", _LINE_END.sub("\n", text[:SOURCE_LIMIT]))))


def _compatible(text: str) -> str:
    """The text in compatibility form (NFKC), of which one character can make eighteen."""
    if text.isascii():
        return text
    kept: list[str] = []
    left = SOURCE_LIMIT
    for piece in _PIECE.finditer(text):
        kept.append(unicodedata.normalize("NFKC", piece[0])[:left])
        left -= len(kept[-1])
        if not left:
            break
    return "".join(kept)


def decode(octets: bytes, charset: str | None) -> str:
    """Bytes as text. An unknown character set is read as UTF-8, or failing that as Latin-1; nothing raises."""
    name = charset or "utf-8"
    try:
        if codecs.lookup(name).name in _REFUSED_CODECS:
            name = "utf-8"
        return clean(octets.decode(name))
    except (LookupError, ValueError):
        pass  # An unknown character set, or one that these bytes are not in: the two attempts below.
    try:
        return clean(octets.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(octets.decode("latin-1"))
