"""SPF (RFC 7208): whether a domain names the host that handed the message over as its own."""

import ipaddress

import spf  # type: ignore[import-untyped]  # The package ships no types.

from intake.authentication.dmarc import Alignment
from intake.authentication.names import NoAnswer, Questions, RecordType
from intake.peer import SmtpPeer
from policy.addresses import normal_domain
from policy.authentication import Host, Result

#: Names without any record that one check may ask for (RFC 7208, 4.6.4).
_MOST_VOID = 2


def check_host(peer: SmtpPeer, alignment: Alignment, questions: Questions) -> Host | None:
    """What SPF says of the peer; None where it gave no domain to ask about. A domain of another organisation than
    From's proves nothing, so it is not asked about and its result is neutral."""
    domain = normal_domain(peer.mail_from.rpartition("@")[2] or peer.helo)
    address = _address(peer.address)
    if domain is None or address is None:
        return None
    if not alignment.related(domain):
        return Host(domain=domain, result=Result.NEUTRAL, aligned=False)
    if not alignment.known(domain):
        return Host(domain=domain, result=Result.TEMPERROR, aligned=True)
    query = _Query(questions, address, peer.mail_from, normal_domain(peer.helo) or domain)
    aligned = alignment.allows(domain, strict=alignment.strict_spf)
    return Host(domain=domain, result=query.result(), aligned=aligned)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


class _Query(spf.query):  # type: ignore[misc]  # The package ships no types.
    """The library's evaluation, with our questions in place of its own resolver."""

    def __init__(self, questions: Questions, address: str, mail_from: str, helo: str) -> None:
        super().__init__(i=address, s=mail_from, h=helo)
        self._questions = questions
        self._void = 0

    def result(self) -> Result:
        """Evaluate the domain's record."""
        try:
            word, _, _ = self.check()
            return Result(word)
        except NoAnswer:
            return Result.TEMPERROR
        except Exception:  # noqa: BLE001  # A record is its owner's to write, and the library trips over some.
            return Result.PERMERROR

    def get_explanation(self, spec: str) -> str:
        """Nothing: what a domain would have its senders told is not worth a question."""
        return ""

    def dns(
        self, name: object, qtype: str, cnames: dict[str, str] | None = None, ignore_void: bool = False
    ) -> list[object]:
        """The records in the shapes that the library expects."""
        if qtype not in set(RecordType):  # Type SPF was withdrawn (RFC 7208, 3.1).
            return []
        kind = RecordType(qtype)
        found = self._questions.records(str(name), kind)
        if not found and not ignore_void:
            self._void += 1
            if self._void > _MOST_VOID:
                raise spf.PermError("too many names without records")
        match kind:
            case RecordType.TXT:
                return [(text.encode("latin-1"),) for text in found]
            case RecordType.MX:
                return [(int(rank), host) for rank, _, host in (text.partition(" ") for text in found)]
            case _:
                return list(found)
