"""A name system for one machine: the agencies of an example have no names in the real one."""

from collections.abc import Iterable

from policy.addresses import within

ZONE_FILE = "dns.zone"
_RESERVED = "example"


def zone_of(domains: Iterable[str]) -> str:
    """A zone in which each domain under `.example` (RFC 2606) says that its mail comes from this very machine.

    What is handed over here by SMTP, with a MAIL FROM of the domain, is then proven as real mail is; nothing else is.
    A domain of the real world is left out: whoever can reach the port here must not be able to speak for it.
    """
    records = []
    for domain in sorted(set(domains)):
        if within(domain, _RESERVED):
            records.append(f'{domain}. 3600 IN TXT "v=spf1 ip4:127.0.0.0/8 ip6:::1 -all"')
            records.append(f'_dmarc.{domain}. 3600 IN TXT "v=DMARC1; p=reject; adkim=s; aspf=s"')
    return "".join(f"{record}\n" for record in records)
