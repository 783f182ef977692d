"""The words of the field, as closed sets: everything else in the product is spelled with these."""

from enum import StrEnum


class DataClass(StrEnum):
    """What data exists, by class (D1 to D3; D4, live content, does not exist and so has no member)."""

    BASIC = "D1"
    RECORDS = "D2"
    CONTENT = "D3"


class LegalProcess(StrEnum):
    """The instrument by which an authority asks: first those of the United States, in rising order of what they can
    compel (U3, U4), then those by which other countries reach a provider there (F1, F2).

    EPOC and EPOC_PR are the European Production and Preservation Order Certificates of Regulation (EU) 2023/1543. A
    local order is any order or request under a country's own law.
    """

    PRESERVATION_LETTER = "preservation_letter"
    SUBPOENA = "subpoena"
    COURT_ORDER = "court_order"
    SEARCH_WARRANT = "search_warrant"
    CLOUD_ACT_ORDER = "cloud_act_order"
    EPOC = "epoc"
    EPOC_PR = "epoc_pr"
    MLAT_REQUEST = "mlat_request"
    LETTERS_ROGATORY = "letters_rogatory"
    LOCAL_ORDER = "local_order"


class Judicial(StrEnum):
    """Who issued or validated a European certificate (Regulation (EU) 2023/1543, art. 4): a judge, a court or an
    investigating judge; a public prosecutor; any other authority that investigates."""

    COURT = "court"
    PROSECUTOR = "prosecutor"
    OTHER = "other"


class Threshold(StrEnum):
    """On which ground a European certificate asks for traffic data or content (the same, art. 5(4)).

    An offence with a maximum sentence of three years at least (a); one of those against or by information systems (b);
    terrorism (c); a sentence of four months at least that is to be enforced for one of these (d); or none of them.
    """

    THREE_YEARS = "three_years"
    INFORMATION_SYSTEM = "information_system"
    TERRORISM = "terrorism"
    SENTENCE = "sentence"
    NONE = "none"


class Purpose(StrEnum):
    """What a message wants of us; decides which machine it reaches."""

    DISCLOSURE = "disclosure"
    PRESERVATION = "preservation"
    PRESERVATION_EXTENSION = "preservation_extension"
    PRODUCTION_CONFIRMED = "production_confirmed"
    NON_DISCLOSURE = "non_disclosure"
    EMERGENCY = "emergency"
    RESTRICTION = "restriction"
    WITHDRAWAL = "withdrawal"


class Automatic(StrEnum):
    """Mail that no person wrote: a letter of ours that came back, a machine's answer, a mailing list's copy."""

    BOUNCE = "bounce"
    ANSWER = "answer"
    LIST = "list"


class RequestKind(StrEnum):
    """The kind of case a reference stands for.

    Emergencies (E1) and restrictions of access (X1) are requests with rules of their own; a preservation (P1) has its
    own machine.
    """

    DISCLOSURE = "disclosure"
    PRESERVATION = "preservation"
    EMERGENCY = "emergency"
    RESTRICTION = "restriction"


class Phase(StrEnum):
    """Where a case stands. Shown to operators as a search attribute, so it says nothing of the case's content."""

    RECEIVED = "received"
    VERIFICATION = "verification"
    LEGAL_REVIEW = "legal_review"
    NOTICE = "notice"
    GAGGED = "gagged"
    OBJECTION_WINDOW = "objection_window"
    PRODUCTION = "production"
    HELD = "held"
    CLAIMED = "claimed"
    FOLLOW_UP = "follow_up"
    RESTRICTED = "restricted"
    APPEALED = "appealed"
    SUSPENDED = "suspended"
    TOLD = "told"
    RETURNED = "returned"
    CLOSED = "closed"


class Queue(StrEnum):
    """Whose turn it is: a person's queue, the sender, a clock, or the machine itself. Nothing waits outside these."""

    VERIFIER = "verifier"
    REVIEWER = "reviewer"
    AGENCY = "agency"
    CLOCK = "clock"
    MACHINE = "machine"
    NONE = "none"


class Role(StrEnum):
    """What a person on the roster may sign. Nobody verifies and approves the same case, whatever their roles."""

    VERIFIER = "verifier"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


class SenderVerdict(StrEnum):
    """What S1 makes of a message: take it, keep it for a person, or delete it with a minimal record."""

    ACCEPT = "accept"
    HOLD = "hold"
    REFUSE = "refuse"


class Outcome(StrEnum):
    """How a case ended. Rejected, nothing found and nobody found are kept apart in the record (law: reporting)."""

    PRODUCED = "produced"
    NO_RESPONSIVE_RECORDS = "no_responsive_records"
    ACCOUNT_NOT_FOUND = "account_not_found"
    REJECTED = "rejected"
    CHALLENGED = "challenged"
    WITHDRAWN = "withdrawn"
    NOT_AUTHENTIC = "not_authentic"
    PRESERVATION_EXPIRED = "preservation_expired"
    PRESERVATION_CLAIMED = "preservation_claimed"
    UNANSWERED = "unanswered"
    RESTRICTION_EXPIRED = "restriction_expired"
    RESTRICTION_LIFTED = "restriction_lifted"


class Measure(StrEnum):
    """What a restriction of access does, from the least to the most (X2).

    Participants in a territory are kept out of one meeting; a user cannot host, or neither host nor join, in a
    territory; a meeting is closed, or an account suspended, and that everywhere.
    """

    KEEP_OUT = "keep_out"
    LIMIT_HOSTING = "limit_hosting"
    LIMIT_PARTICIPATION = "limit_participation"
    CLOSE_MEETING = "close_meeting"
    SUSPEND_ACCOUNT = "suspend_account"


#: The territory that is every territory; others are codes of ISO 3166.
EVERYWHERE = "everywhere"


class Violation(StrEnum):
    """The violations of the terms of service that a request may speak of (X2, N4)."""

    CHILD_SEXUAL_ABUSE = "child_sexual_abuse"
    DANGER_TO_LIFE = "danger_to_life"
    OTHER = "other"


class LiftReason(StrEnum):
    """Why a restriction was lifted: its time ran out, an appeal was granted, a reviewer lifted it (X2, X3), or a
    verifier found, after its sender was blocked, that the agency had never asked for it (S1)."""

    EXPIRED = "expired"
    APPEAL = "appeal"
    REVIEWER = "reviewer"
    NOT_AUTHENTIC = "not_authentic"


class AppealRoute(StrEnum):
    """How an appeal reached us: by the link in the notice, by the user's reply, or otherwise, put into the record by a
    person (X3)."""

    LINK = "link"
    REPLY = "reply"
    PERSON = "person"


class Jurisdiction(StrEnum):
    """Whose law a case runs under, as operators sort cases by it: the United States', that of a country with a CLOUD
    Act agreement, of a state bound by the European Union's e-evidence regulation, or another's (F1 to F3)."""

    US = "US"
    CLOUD_ACT = "cloud_act"
    EU = "eu"
    OTHER = "other"


class Clause(StrEnum):
    """The ids of the policy's clauses: the common language of code, letters, tests and people."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    S1 = "S1"
    S2 = "S2"
    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"
    D5 = "D5"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    N4 = "N4"
    C1 = "C1"
    E1 = "E1"
    E2 = "E2"
    X1 = "X1"
    X2 = "X2"
    X3 = "X3"
    X4 = "X4"
    PR1 = "PR1"
    PR2 = "PR2"
    PR3 = "PR3"
