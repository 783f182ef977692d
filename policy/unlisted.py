"""Domains that the agency directory does not list: which could be an authority's, and what the others are (S1).

What could be an authority's goes to a person, who calls back; the rest is refused. No list is ever complete, and the
rules here err where it costs least: an agency that is refused can be put into the directory, which always decides.
"""

from functools import cache
from importlib.resources import files

from policy.addresses import within
from policy.directory import AgencyDirectory
from policy.frozen import Frozen
from policy.lookalikes import as_seen
from policy.official import country_of, official_suffixes
from policy.suffixes import organizational_domain, public_suffix
from policy.vocabulary import SenderVerdict


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Labels of a country's own suffix under which only its government registers (`go.ke`, `police.gov.ng`).
_SUFFIX_WORDS = _words("gov gob gouv govt gub go gv mil police")
#: The same, as a name directly below the country (`gov.ke`).
_STATE_NAMES = _words("gov gob gouv govt gub government gouvernement")
#: What police, prosecutors and courts call themselves, wherever it stands as a whole label (`polizei.bayern.de`).
_AUTHORITY_WORDS = _words(
    "police polis polisen politi politie politia polizei polizia policia policija policie policja poliisi rendorseg "
    "gendarmerie carabinieri court courts tribunal tribunale gericht rechtspraak justiz justice justicia justica "
    "giustizia prosecutor fiscalia procura staatsanwaltschaft"
)
#: Country codes that are sold to everybody as ordinary names: a word under them says nothing.
_SOLD_CODES = _words("ac ag ai bz cc cf co fm ga gg gl gq im io la lc ly me ml mn nu pw sc sh so st su tk to tv vc ws")
#: Country codes that are not the country's ISO 3166-1 code. Anybody can register under `us`, so that it names no
#: country: its law would ask for fewer approvals.
_OTHER_CODES: dict[str, str | None] = {"uk": "GB", "us": None}


class Unlisted(Frozen):
    """What an unlisted domain is taken for: held or refused, why, and the country whose authority it could be."""

    verdict: SenderVerdict
    details: tuple[str, ...]
    country: str | None = None


def judge_unlisted(domain: str, directory: AgencyDirectory) -> Unlisted:
    """Hold what could be an authority's domain, refuse everything else, and say what it is."""
    resembled = directory.resembled_by(domain)
    country = country_of(domain)
    if country is not None:
        details = (f"{domain} has an official suffix but is not in the agency directory",)
        alike = (f"{domain} resembles {resembled}, which is listed",) if resembled else ()
        return Unlisted(verdict=SenderVerdict.HOLD, details=details + alike, country=country)
    if resembled:
        return _refused(f"{domain} imitates {resembled}, which is listed, but is not within it")
    word = _government_word(domain)
    if word is not None:
        detail = f"{domain} is not in the agency directory, and could be an authority's by the word {word!r} in it"
        return Unlisted(verdict=SenderVerdict.HOLD, details=(detail,), country=_country_by_code(domain))
    return _refused(_what_it_is(domain))


def judge_other_script(domain: str, directory: AgencyDirectory) -> Unlisted:
    """Refuse a domain with letters of another script (`xn--`), and say what a reader would take it for."""
    seen = as_seen(domain)
    imitated = seen if directory.agency_of(seen) or country_of(seen) else directory.resembled_by(seen)
    if imitated:
        return _refused(f"{domain} is written in another script and imitates {imitated}")
    return _refused(f"{domain} is written in another script and could imitate an official domain")


def _government_word(domain: str) -> str | None:
    """The word by which a domain under a country's code could be an authority's.

    An official suffix inside someone else's domain (`met.police.uk.evil.de`) is an imitation, whatever stands around.
    """
    code = domain.rpartition(".")[2]
    if (len(code) != 2 or code in _SOLD_CODES) or _is_university(domain):
        return None
    suffix = public_suffix(domain)
    name = organizational_domain(domain).split(".")[0]
    above = [word for word in suffix.split(".")[:-1] if word in _SUFFIX_WORDS]
    if above or name in _STATE_NAMES:
        return next(iter(above), name)
    if _embedded_suffix(domain) is not None:
        return None
    return next((label for label in domain.split(".")[:-1] if label in _AUTHORITY_WORDS), None)


def _country_by_code(domain: str) -> str | None:
    code = domain.rpartition(".")[2]
    return _OTHER_CODES.get(code, code.upper())


def _what_it_is(domain: str) -> str:
    free = next((provider for provider in _free_mail() if within(domain, provider)), None)
    if free is not None:
        return f"{free} gives mailboxes to everybody"
    if _is_university(domain):
        return f"{domain} is a university's or school's"
    suffix = _embedded_suffix(domain)
    if suffix is not None:
        return f"{domain} only contains the official suffix {suffix}; it does not lie under it"
    return f"{domain} is neither in the agency directory nor an authority's by its name"


def _embedded_suffix(domain: str) -> str | None:
    words = domain.replace("-", ".").split(".")
    for suffix in official_suffixes():
        parts = suffix.split(".")
        if any(words[at : at + len(parts)] == parts for at in range(len(words))):
            return suffix
    return None


def _is_university(domain: str) -> bool:
    """Under `edu`, `edu.au`, `ac.uk` and the like: many have police of their own, whom only the directory can name."""
    labels = domain.split(".")
    return labels[-1] == "edu" or (len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in {"edu", "ac"})


@cache
def _free_mail() -> frozenset[str]:
    """Providers that give anybody a mailbox: a list of well-known ones, for the reason that the record gives."""
    return frozenset((files("policy") / "data" / "free_mail.txt").read_text("utf-8").split())


def _refused(detail: str) -> Unlisted:
    return Unlisted(verdict=SenderVerdict.REFUSE, details=(detail,))
