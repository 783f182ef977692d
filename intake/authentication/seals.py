"""ARC (RFC 8617): what a forwarder says of a message as it had reached them, before forwarding changed it.

Anybody can seal and say anything, so a seal counts only if the newest is by a sealer that the settings list. Of
several, the word that counts is the one given first in the unbroken row of listed sealers at the end of the way.
"""

import re
from collections.abc import Set
from typing import Any

import authres  # type: ignore[import-untyped]  # The package ships no types.
from dkim import ARC, CV_Pass  # type: ignore[import-untyped]  # The same.

from intake.authentication.dmarc import Alignment
from intake.authentication.names import Questions
from intake.authentication.signatures import BoundedSigner, Keys, Receipt, gaps_of, outcome, tags_of
from intake.authentication.signed import SignedMessage, is_sane
from policy.addresses import normal_domain
from policy.authentication import Result, Seal

_FIELDS = ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")
_INSTANCE = re.compile(r"\s*i\s*=\s*\d{1,2}\s*;")


def check_seal(
    message: SignedMessage, alignment: Alignment, questions: Questions, receipt: Receipt, sealers: Set[str]
) -> Seal | None:
    """The newest seal, or None where there is none that can be read. One that is not listed is not looked into."""
    chain = _Arc(message)
    newest, sets = chain.sorted_arc_headers()
    tags = {name: tags_of(value) for number, (name, value) in sets if number == newest}
    domain = normal_domain(tags.get(b"arc-seal", {}).get(b"d", b"").decode("latin-1"))
    if domain is None or not all(is_sane(value) for name in _FIELDS for value in message.named(name)):
        return None
    if domain not in sealers:
        return Seal(domain=domain, result=Result.NEUTRAL, listed=False)
    keys = Keys(questions)
    said: list[str] = []

    def verify() -> bool:
        latest = chain.verify_instance(sets, newest, dnsfunc=keys.key)
        if not (latest["as-valid"] and latest["ams-valid"]):  # The rest of the chain is not worth asking about.
            return False
        status, results, _ = chain.verify(dnsfunc=keys.key)
        said.extend(_first_word(results, sealers))
        return bool(status == CV_Pass)

    result = outcome(verify)
    vouches = any(_vouches(results, alignment) for results in said)
    gaps = keys.gaps() + gaps_of(message, tags.get(b"arc-message-signature", {}), receipt)
    return Seal(domain=domain, result=result, listed=True, vouches=vouches, gaps=gaps)


def _first_word(results: list[dict[str, Any]], sealers: Set[str]) -> list[str]:
    """The results that the first of the listed sealers gave; `results` begins with the newest."""
    word: list[str] = []
    for result in results:
        if normal_domain(result["as-domain"].decode("latin-1")) not in sealers:
            break
        word = [result["aar-value"].decode("utf-8", "replace")]
    return word


def _vouches(results: str, alignment: Alignment) -> bool:
    """Whether an ARC-Authentication-Results says that the From domain was proven."""
    text = f"Authentication-Results: {_INSTANCE.sub('', results, count=1)}"
    try:
        parsed = authres.all_features().parse(text).results
    except Exception:  # noqa: BLE001  # What the library cannot read says nothing.
        return False
    return any(result.result == "pass" and _is_about(result, alignment) for result in parsed)


def _is_about(result: Any, alignment: Alignment) -> bool:
    values = {(prop.type, prop.name): str(prop.value) for prop in result.properties}
    match result.method:
        case "dmarc":
            return _domain(values.get(("header", "from"))) == alignment.domain
        case "dkim":
            signer = _domain(values.get(("header", "d")) or values.get(("header", "i")))
            return signer is not None and alignment.allows(signer, strict=alignment.strict_dkim)
        case "spf":
            sender = _domain(values.get(("smtp", "mailfrom")))
            return sender is not None and alignment.allows(sender, strict=alignment.strict_spf)
        case _:
            return False


def _domain(value: str | None) -> str | None:
    return normal_domain(value.rpartition("@")[2]) if value else None


class _Arc(BoundedSigner, ARC):  # type: ignore[misc]  # The package ships no types.
    pass
