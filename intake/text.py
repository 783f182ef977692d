"""Bytes to text that can be searched: any character set, any HTML, and no invisible characters left."""

import codecs
import html
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
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})\b([^<>]*)>")
_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = _HEADINGS | {"br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "section", "blockquote", "pre"}
_CELLS = frozenset({"td", "th"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source"})
_HIDDEN = re.compile(r"\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I)


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


def text_of_html(source: str) -> str:
    """The text a reader of the HTML would see, one block a line. Comments, scripts and hidden elements are left out."""
    source = _without_comments(source[:TEXT_LIMIT])
    words: list[str] = []
    skipped: list[str] = []
    at = 0
    for tag in _TAG.finditer(source):
        if not skipped:
            words.append(" ".join(source[at : tag.start()].split()) and source[at : tag.start()].replace("\n", " "))
        at = tag.end()
        closing, name = bool(tag[1]), tag[2].lower()
        if skipped:
            _follow(skipped, name, closing)
        elif not closing and name not in _VOID and (name in _UNREAD or _HIDDEN.search(tag[3])):
            skipped.append(name)
        elif name in _BREAKS:
            words.append("\n")
        elif name in _CELLS:
            words.append(" ")
    if not skipped:
        words.append(source[at:])
    lines = ("".join(words)).split("\n")
    return clean("\n".join(" ".join(html.unescape(line).split()) for line in lines))


def _follow(skipped: list[str], name: str, closing: bool) -> None:
    """Keep count of the elements of the same name inside a skipped one, until it ends."""
    if name == skipped[-1]:
        if closing:
            skipped.pop()
        else:
            skipped.append(name)


def _without_comments(source: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := source.find("<!--", at)) != -1:
        kept.append(source[at:start])
        end = source.find("-->", start + 4)
        if end == -1:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, source[at:]])
