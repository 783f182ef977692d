"""DMARC (RFC 7489): the policy that a From domain publishes, and whether another domain may speak for it."""

from typing import Self

from intake.authentication.names import NoAnswer, Questions
from policy.authentication import Dmarc, DmarcPolicy
from policy.frozen import Frozen
from policy.suffixes import organizational_domain


class Alignment(Frozen):
    """How a From domain wants the domains that prove it compared with it. `settled` is false where nobody could say."""

    domain: str
    record: Dmarc | None = None
    strict_dkim: bool = False
    strict_spf: bool = False
    settled: bool = True

    @classmethod
    def asked(cls, domain: str, questions: Questions) -> Self:
        """Look for the record at the domain, then at its organisation's domain."""
        organization = organizational_domain(domain)
        try:
            for at in dict.fromkeys((domain, organization)):
                found = [tags for text in questions.texts(f"_dmarc.{at}") if (tags := _tags(text))]
                if len(found) == 1:  # Several are none (6.6.3).
                    return cls._read(domain, at, found[0])
        except NoAnswer:
            return cls(domain=domain, settled=False)
        return cls(domain=domain)

    @classmethod
    def _read(cls, domain: str, at: str, tags: dict[str, str]) -> Self:
        asked = tags.get("sp", tags.get("p", "")) if at != domain else tags.get("p", "")
        policy = DmarcPolicy(asked) if asked in set(DmarcPolicy) else DmarcPolicy.NONE
        return cls(
            domain=domain,
            record=Dmarc(domain=at, policy=policy),
            strict_dkim=tags.get("adkim") == "s",
            strict_spf=tags.get("aspf") == "s",
        )

    def related(self, other: str) -> bool:
        """Whether the other domain belongs to the same organisation: only then is anything looked up about it."""
        return organizational_domain(other) == organizational_domain(self.domain)

    def known(self, other: str) -> bool:
        """Whether it can be said whether the other domain is aligned; only the very same domain always is."""
        return self.settled or other == self.domain

    def allows(self, other: str, *, strict: bool) -> bool:
        """Whether the other domain is aligned: the same organisation's or, if the record is strict, the very same."""
        return other == self.domain if strict else self.related(other)


def _tags(text: str) -> dict[str, str] | None:
    """The record's tags in lower case, or None where the text is no DMARC record."""
    pairs = [piece.partition("=") for piece in text.split(";") if piece.strip()]
    tags = {name.strip().lower(): value.strip().lower() for name, _, value in reversed(pairs)}
    first = pairs[0] if pairs else ("", "", "")
    return tags if (first[0].strip().lower(), first[2].strip()) == ("v", "DMARC1") else None
