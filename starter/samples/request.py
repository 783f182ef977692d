"""What a sample request says. Every name is made up; domains lie under .example, numbers in fictional ranges."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from policy.vocabulary import DataClass


class SampleProcess(StrEnum):
    """The documents that a sample can carry."""

    SUBPOENA = "subpoena"
    COURT_ORDER = "court_order"
    SEARCH_WARRANT = "search_warrant"
    PRESERVATION_LETTER = "preservation_letter"
    EXTENSION = "extension"
    CONFIRMATION = "confirmation"
    NON_DISCLOSURE_ORDER = "non_disclosure_order"
    CLOUD_ACT_ORDER = "cloud_act_order"
    EPOC = "epoc"
    EPOC_PR = "epoc_pr"
    LOCAL_ORDER = "local_order"
    RESTRICTION = "restriction"


@dataclass(frozen=True, slots=True)
class SampleRestriction:
    """What a request to restrict access asks for, as an official would write it."""

    measure: str = "limit the user's access: no hosting and no joining of meetings"
    territory: str = "US-IL"
    basis: str = "Springfield Code, section 12-4; order of the Circuit Court, 26 CH 4417"
    violation: str | None = None


@dataclass(frozen=True, slots=True)
class SampleCertificate:
    """What a European production certificate says of who is behind it. An empty value leaves its line out."""

    issuer: str = "judge, court or investigating judge"
    validator: str = ""
    ground: str = "offence punishable by a maximum custodial sentence of at least three years"
    notified: str = "not required"


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A request as an officer would send it. The same values give the same bytes.

    `identifiers` are pairs of label and value, such as `("User email", "alice@example.org")`; `silence` is the text
    after `Non-disclosure:`, such as `90 days` or `until 2027-02-28`; `reference` is ours (DP-…): the preservation to
    extend or to claim, or the case that an order of silence is about; `urgent` ticks a certificate's emergency box;
    `restriction` matters to requests to restrict access only, `certificate` to European production certificates;
    `dated` is the Date header, in UTC.
    """

    process: SampleProcess
    identifiers: tuple[tuple[str, str], ...] = (("User email", "alice.martin@example.org"),)
    classes: tuple[DataClass, ...] = (DataClass.BASIC, DataClass.RECORDS)
    sender: str = "j.moreno@police.springfield.gov.example"
    agency: str = "Springfield Police Department"
    officer: str = "Jordan Moreno"
    badge: str = "4471"
    phone: str = "+1-202-555-0101 ext. 12"
    address: str = "100 Main Street, Springfield, IL 62701"
    case_number: str = "SPD-2026-04417"
    relation: str = (
        "The account was used to arrange the sale of stolen identity documents on the dates named above; its records "
        "will show who did so."
    )
    since: date | None = date(2026, 1, 1)
    until: date | None = date(2026, 3, 31)
    silence: str | None = None
    response_due: date | None = date(2026, 12, 31)
    reference: str | None = None
    urgent: bool = False
    restriction: SampleRestriction = SampleRestriction()
    certificate: SampleCertificate = SampleCertificate()
    dated: datetime = datetime(2026, 11, 2, 15, 4, tzinfo=UTC)
