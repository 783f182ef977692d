"""Domains: what one is, and what lies within what."""

import pytest

from policy.addresses import domain_of, normal_domain, resembles, within


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (" Lakeland.Example. ", "lakeland.example"),
        ("a-b.lakeland.example", "a-b.lakeland.example"),
        ("example", None),
        ("-a.example", None),
        ("a..example", None),
        ("a_b.example", None),
        ("läkeland.example", None),
        ("a@b.example", None),
        ("a" * 64 + ".example", None),
        ("a." * 130 + "example", None),
        ("", None),
    ],
)
def test_S1_a_domain_is_an_ascii_host_name_of_several_labels(text: str, domain: str | None) -> None:
    assert normal_domain(text) == domain


def test_S1_only_what_lies_below_is_within() -> None:
    assert within("lakeland.example", "lakeland.example")
    assert within("mail.lakeland.example", "lakeland.example")
    assert not within("evil-lakeland.example", "lakeland.example")
    assert not within("lakeland.example", "mail.lakeland.example")


def test_S1_what_is_genuine_does_not_resemble_itself() -> None:
    assert not resembles("lakeland.example", "lakeland.example")
    assert not resembles("mail.lakeland.example", "lakeland.example")
    assert resembles("lakelnad.example", "lakeland.example")
    assert not resembles("seaport.example", "lakeland.example")


def test_S1_the_domain_of_an_address_is_what_follows_its_last_at_sign() -> None:
    assert domain_of("Jo@Lakeland.EXAMPLE") == "lakeland.example"
    assert domain_of("jo@lakeland.example@evil.example") == "evil.example"
