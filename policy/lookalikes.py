"""Domains in other scripts, as a hurried reader sees them (S1)."""

import unicodedata

from confusable_homoglyphs import confusables  # type: ignore[import-untyped]  # The package ships no types.


def as_seen(domain: str) -> str:
    """The domain with each letter of another script replaced by the Latin one that it looks like, in lower case.

    Labels are decoded from `xn--` where they can be. What looks like nothing Latin stays as it is.
    """
    shown = ".".join(_decoded(label) for label in domain.split("."))
    plain = "".join(c for c in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(c))
    return "".join(c if c.isascii() else _latin(c) for c in plain).lower()


def _decoded(label: str) -> str:
    """The letters of a label. Not by the rules of IDNA: those refuse labels that a reader may be shown all the same."""
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except (UnicodeError, ValueError):
        return label


def _latin(letter: str) -> str:
    found = confusables.is_confusable(letter, greedy=True, preferred_aliases=["latin"])
    alike = (glyph["c"] for match in found or () for glyph in match["homoglyphs"])
    return next((c for c in alike if c.isascii()), letter)
