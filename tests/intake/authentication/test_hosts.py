"""S1, SPF and DMARC: whether the host that handed a message over speaks for the domain in its From."""

from pathlib import Path

import pytest

from intake.authentication.names import MOST_QUESTIONS, NoAnswer, Questions, RecordType
from intake.authentication.resolvers import ZoneFileError, resolver_from
from intake.peer import SmtpPeer
from policy.authentication import DmarcPolicy, Result
from tests.intake.authentication.agency import DOMAIN, OFFICER, Silent, found, mail, record, zone

HOST = "192.0.2.7"


def peer(mail_from: str = OFFICER, address: str = HOST, helo: str = "mx.met.police.uk") -> SmtpPeer:
    return SmtpPeer(address=address, helo=helo, mail_from=mail_from)


@pytest.mark.parametrize(
    ("terms", "result"),
    [
        ("ip4:192.0.2.0/24 -all", Result.PASS),
        ("a:out.met.police.uk -all", Result.PASS),
        ("mx -all", Result.PASS),
        ("include:_spf.host.example -all", Result.PASS),
        ("redirect=_spf.host.example", Result.PASS),
        ("exists:%{i}.allowed.met.police.uk -all", Result.PASS),
        ("-all", Result.FAIL),
        ("~all", Result.SOFTFAIL),
        ("?all", Result.NEUTRAL),
        ("ip4:nonsense -all", Result.PERMERROR),
        ("include:_loop.met.police.uk -all", Result.PERMERROR),
        ("a:a.gone a:b.gone a:c.gone ip4:192.0.2.7", Result.PERMERROR),
        ("include:_nothing.met.police.uk -all", Result.PERMERROR),
    ],
)
def test_S1_only_a_host_that_the_domain_names_proves_it(terms: str, result: Result) -> None:
    resolver = zone(
        record(DOMAIN, f"v=spf1 {terms}"),
        record("_spf.host.example", "v=spf1 ip4:192.0.2.7 -all"),
        record(f"_loop.{DOMAIN}", f"v=spf1 include:_loop.{DOMAIN} -all"),
        f"{DOMAIN}. 3600 IN MX 10 out.{DOMAIN}.",
        f"out.{DOMAIN}. 3600 IN A {HOST}",
        f"{HOST}.allowed.{DOMAIN}. 3600 IN A 127.0.0.2",
    )
    authentication = found(mail(), resolver, peer=peer())
    assert authentication.host is not None
    assert authentication.host.result is result
    assert (authentication.proof is not None) == (result is Result.PASS)


def test_S1_a_host_that_speaks_for_another_domain_proves_nothing_and_is_not_asked_about() -> None:
    silent = Silent()
    authentication = found(mail(), silent, peer=peer("bounce@mailer.example"))
    assert authentication.host is not None
    assert not authentication.host.aligned
    assert set(silent.asked) == {f"_dmarc.{DOMAIN}"}


def test_S1_an_empty_mail_from_is_judged_by_the_name_in_helo() -> None:
    resolver = zone(record(f"mx.{DOMAIN}", f"v=spf1 ip4:{HOST} -all"))
    assert found(mail(), resolver, peer=peer("")).proof
    assert found(mail(), resolver, peer=peer("", helo="mx.evil.example")).proof is None


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"])
def test_S1_hosts_of_both_kinds_of_address(address: str) -> None:
    resolver = zone(record(DOMAIN, "v=spf1 ip4:192.0.2.7 ip6:2001:db8::/32 -all"))
    assert found(mail(), resolver, peer=peer(address=address)).proof


@pytest.mark.parametrize("address", ["", "list", "somewhere", "192.0.2.7.8"])
def test_S1_without_an_address_nothing_is_known(address: str) -> None:
    assert found(mail(), Silent(), peer=peer(address=address)).host is None


@pytest.mark.parametrize(("mode", "proves"), [("r", True), ("s", False)])
def test_S1_alignment_of_a_host_is_as_strict_as_the_domain_asks(mode: str, proves: bool) -> None:
    resolver = zone(
        record(f"_dmarc.{DOMAIN}", f"v=DMARC1; p=none; aspf={mode}"),
        record(f"bounces.{DOMAIN}", f"v=spf1 ip4:{HOST} -all"),
    )
    assert bool(found(mail(), resolver, peer=peer(f"x@bounces.{DOMAIN}")).proof) is proves


@pytest.mark.parametrize(
    ("records", "policy", "at"),
    [
        ([(DOMAIN, "v=DMARC1; p=reject")], DmarcPolicy.REJECT, DOMAIN),
        ([("police.uk", "v=DMARC1; p=reject")], None, None),
        ([], None, None),
        ([(DOMAIN, "v=DMARC1; p=reject"), (DOMAIN, "v=DMARC1; p=none")], None, None),
        ([(DOMAIN, "v=spf1 -all"), (DOMAIN, "V = DMARC1 ;P=Quarantine;")], DmarcPolicy.QUARANTINE, DOMAIN),
        ([(DOMAIN, "p=reject; v=DMARC1")], None, None),
        ([(DOMAIN, "v=DMARC1; p=nonsense")], DmarcPolicy.NONE, DOMAIN),
    ],
)
def test_S1_the_policy_is_noted_and_proves_nothing(
    records: list[tuple[str, str]], policy: DmarcPolicy | None, at: str | None
) -> None:
    authentication = found(mail(), zone(*(record(f"_dmarc.{name}", text) for name, text in records)))
    noted = authentication.dmarc
    assert (noted and noted.policy, noted and noted.domain) == (policy, at)
    assert authentication.proof is None


def test_S1_below_the_organisations_domain_its_policy_for_subdomains_applies() -> None:
    resolver = zone(record("_dmarc.met.police.uk", "v=DMARC1; p=none; sp=reject"))
    noted = found(mail(), resolver, domain="cid.met.police.uk").dmarc
    assert noted is not None
    assert (noted.domain, noted.policy) == ("met.police.uk", DmarcPolicy.REJECT)


def test_one_message_asks_each_thing_once_and_not_for_ever() -> None:
    seconds = iter([0.0, 0.0, 1.0, 4.5])
    resolver = zone(record(DOMAIN, "v=spf1 -all"))
    questions = Questions(resolver, now=lambda: next(seconds))
    assert questions.texts(DOMAIN) == questions.texts(DOMAIN.upper() + ".") == ("v=spf1 -all",)
    assert questions.texts("gone.example") == ()
    with pytest.raises(NoAnswer):
        questions.texts("later.example")


def test_one_message_does_not_ask_without_end() -> None:
    questions = Questions(zone())
    for number in range(MOST_QUESTIONS):
        questions.records(f"{number}.example", RecordType.A)
    with pytest.raises(NoAnswer):
        questions.records("more.example", RecordType.A)


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "..", "a..b", "\xff.example", ".".join(["a"] * 200), ""])
def test_names_that_cannot_exist_have_no_records(name: str) -> None:
    assert zone().records(name, RecordType.TXT, 1) == ()
    assert resolver_from("system").records(name, RecordType.TXT, 0.01) == () or not name


def test_a_bad_zone_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileError, match="cannot be read"):
        resolver_from(str(tmp_path / "none"))
    (tmp_path / "bad").write_text("this is no zone\n")
    with pytest.raises(ZoneFileError, match="not a zone file"):
        resolver_from(str(tmp_path / "bad"))
