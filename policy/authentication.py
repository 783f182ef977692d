"""What a message proves of the domain that it says it comes from, and what counts as proof (G1, S1).

Proof is that the domain's owner answers for the message: it signed all of it (DKIM, RFC 6376), or it names the host
that handed it over as its own (SPF, RFC 7208), and that name stands in From as well (alignment, RFC 7489). A mailbox
can be stolen, so proof of the domain never stands in for a call-back where one is due; and most courts publish no DMARC
policy, so its absence says nothing against them. What is not proven is held for a person: neither deleted nor believed.
"""

from enum import StrEnum

from policy.frozen import Frozen


class Result(StrEnum):
    """How one check came out, in the words of RFC 8601."""

    PASS = "pass"  # noqa: S105  # a result, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    PERMERROR = "permerror"
    TEMPERROR = "temperror"


class Signature(Frozen):
    """One DKIM signature: whose it is, whether it holds, and what keeps it from being proof though it may hold."""

    domain: str
    result: Result
    aligned: bool
    gaps: tuple[str, ...] = ()

    @property
    def proves(self) -> bool:
        """Whether the owner of the From domain signed this message for us, whole and lately."""
        return self.aligned and self.result is Result.PASS and not self.gaps


class Host(Frozen):
    """What SPF says of the host that handed the message over, for the domain of MAIL FROM (or of HELO, if empty)."""

    domain: str
    result: Result
    aligned: bool

    @property
    def proves(self) -> bool:
        """Whether the owner of the From domain names this host as one of its own."""
        return self.aligned and self.result is Result.PASS


class DmarcPolicy(StrEnum):
    """What a domain's owner asks to be done with mail that is not proven. Noted, and never carried out: we hold."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Dmarc(Frozen):
    """The DMARC record that applies to the From domain, and the domain at which it was found."""

    domain: str
    policy: DmarcPolicy


class Seal(Frozen):
    """The newest ARC seal (RFC 8617): who forwarded the message and says how it had reached them.

    `listed` says whether the settings name the sealer as one whose word counts; `vouches`, whether it says that the
    From domain was proven when the message first reached it; `gaps`, what keeps its seal from being proof of that.
    """

    domain: str
    result: Result
    listed: bool
    vouches: bool = False
    gaps: tuple[str, ...] = ()

    @property
    def proves(self) -> bool:
        """Whether a forwarder whose word counts found the From domain proven before it changed the message."""
        return self.listed and self.result is Result.PASS and self.vouches and not self.gaps


class Authentication(Frozen):
    """What was established about a message's From domain when it was read, once: later judgements rest on this.

    Only domains are kept. `host` is None where no SMTP peer is known, as for a message read from a file. `replies_to`
    and `shown_as` are domains of others: where an answer would go (Reply-To), and what From shows beside its address.
    """

    domain: str
    signatures: tuple[Signature, ...] = ()
    host: Host | None = None
    dmarc: Dmarc | None = None
    seal: Seal | None = None
    replies_to: tuple[str, ...] = ()
    shown_as: tuple[str, ...] = ()

    @property
    def proof(self) -> str | None:
        """The first proof found, as a sentence, or None."""
        signed = next((s for s in self.signatures if s.proves), None)
        if signed is not None:
            return f"it is signed whole by {signed.domain} (DKIM)"
        if self.host is not None and self.host.proves:
            return f"it was handed over by a host of {self.host.domain} (SPF)"
        if self.seal is not None and self.seal.proves:
            return f"{self.seal.domain}, which forwarded it, found it proven (ARC)"
        return None

    @property
    def unsettled(self) -> bool:
        """Whether a name server did not answer, and an answer could still prove the domain: worth another try."""
        checks: tuple[Signature | Host, ...] = self.signatures + ((self.host,) if self.host else ())
        waits = any(check.aligned and check.result is Result.TEMPERROR for check in checks)
        sealed = self.seal is not None and self.seal.listed and self.seal.result is Result.TEMPERROR
        return self.proof is None and (waits or sealed)


def evidence(authentication: Authentication) -> tuple[str, ...]:
    """Each check in a line for people: what was found, and why it is no proof where it is none."""
    lines = [_signature(signature) for signature in authentication.signatures] or ["DKIM: not signed"]
    host, seal, dmarc = authentication.host, authentication.seal, authentication.dmarc
    lines.append(_check("SPF", host, "") if host else "SPF: not known which host handed the message over")
    if seal is not None:
        lines.append(f"ARC: {seal.result.value} for {seal.domain}, {_said(seal)}")
    lines.append(f"DMARC: {dmarc.domain} asks for {dmarc.policy.value}" if dmarc else "DMARC: no policy published")
    return tuple(lines)


def _signature(signature: Signature) -> str:
    return _check("DKIM", signature, "; ".join(signature.gaps))


def _check(name: str, check: Signature | Host, gaps: str) -> str:
    why = gaps if check.aligned else "not the domain in From"
    return f"{name}: {check.result.value} for {check.domain}" + (f", {why}" if why else "")


def _said(seal: Seal) -> str:
    if not seal.listed:
        return "not a forwarder whose word counts here"
    says = "which says that it was proven" if seal.vouches else "which does not say that it was proven"
    return "; ".join((says, *seal.gaps))
