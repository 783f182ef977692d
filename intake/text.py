"""Bytes to text that can be searched: any character set, and no invisible characters left."""

import codecs
import re
import unicodedata

TEXT_LIMIT = 1_000_000

#: Not character sets of mail, and slow or surprising on hostile bytes.
_REFUSED_CODECS = frozenset({"idna", "punycode", "unicode_escape", "raw-unicode-escape", "unicode-escape", "undefined"})
#: Control, zero-width and bidirectional characters, noncharacters and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x0c|\x85")


def clean(text: str) -> str:
    """Text in compatibility form (ligatures become letters), with plain line ends and without unseen characters."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", _LINE_END.sub("\n", text[:TEXT_LIMIT])))


def decode(octets: bytes, charset: str | None) -> str:
    """Bytes as text. An unknown character set is read as UTF-8, or failing that as Latin-1; nothing raises."""
    octets = octets[: TEXT_LIMIT * 4]
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
