"""Domain suffixes that only public authorities can register, with their country (S1).

A suffix helps and never suffices: about one government domain in ten has none, and not everyone under one may ask for
data. The agency directory decides; an unlisted domain under these suffixes goes to a person, who calls back.
"""

from policy.addresses import within

_US_STATES = (
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or "
    "pa ri sc sd tn tx ut vt va wa wv wi wy dc"
)

#: Suffix to ISO 3166-1 alpha-2 country (EU for the Union's own institutions).
OFFICIAL_SUFFIXES: dict[str, str] = {
    "gov": "US",
    "mil": "US",
    "fed.us": "US",
    **{f"state.{state}.us": "US" for state in _US_STATES.split()},
    "gov.uk": "GB",
    "police.uk": "GB",
    "mod.uk": "GB",
    "gov.au": "AU",
    "gc.ca": "CA",
    "govt.nz": "NZ",
    "gov.ie": "IE",
    "gov.in": "IN",
    "nic.in": "IN",
    "gov.sg": "SG",
    "gov.my": "MY",
    "gov.ph": "PH",
    "gov.vn": "VN",
    "go.jp": "JP",
    "lg.jp": "JP",
    "go.kr": "KR",
    "go.th": "TH",
    "go.id": "ID",
    "gov.tw": "TW",
    "gov.hk": "HK",
    "gov.il": "IL",
    "gov.tr": "TR",
    "gov.za": "ZA",
    "gov.br": "BR",
    "jus.br": "BR",
    "gob.mx": "MX",
    "gob.ar": "AR",
    "gob.cl": "CL",
    "gob.pe": "PE",
    "gov.co": "CO",
    "europa.eu": "EU",
    "gouv.fr": "FR",
    "gob.es": "ES",
    "gov.pt": "PT",
    "gov.it": "IT",
    "bund.de": "DE",
    "gv.at": "AT",
    "admin.ch": "CH",
    "fgov.be": "BE",
    "gov.pl": "PL",
    "gov.cz": "CZ",
    "gov.sk": "SK",
    "gov.hu": "HU",
    "gov.ro": "RO",
    "gov.bg": "BG",
    "gov.gr": "GR",
    "gov.cy": "CY",
    "gov.mt": "MT",
    "gov.lv": "LV",
    "gov.si": "SI",
    "gov.hr": "HR",
    "gov.ua": "UA",
}


def country_of(domain: str) -> str | None:
    """The country whose official suffix the domain lies under, or None. The bare suffix is nobody's mail domain."""
    return next(
        (country for suffix, country in OFFICIAL_SUFFIXES.items() if domain != suffix and within(domain, suffix)), None
    )
