"""The published request form: what it asks, line by line, each with the clause that asks for it (R1, R2, R4, E2, X1).

An officer fills it in as a PDF with fields or as plain text; both are read exactly, by these names and labels, and
nothing is guessed. It goes beside the signed legal document and never in its place (S2).
"""

from policy.facts import NEVER_READ, OF_A_MEETING, REPEATABLE, FactField, clause_of
from policy.frozen import Frozen
from policy.vocabulary import Judicial, LegalProcess, Measure, Purpose, Threshold, Violation

#: The first and the last line of the form as text; the first stands on every page of the PDF. A form whose lines mean
#: something else has another version.
TITLE = "Government request form, version 1"
END = "End of the request form"

INTRODUCTION = (
    "Send it filled in with the signed legal document, which comes as a PDF of its own (S2). Leave empty what does not",
    "apply. Dates are written YYYY-MM-DD.",
)

#: Fields that the form does not ask for: an order of silence without an end is a document, which a person reads (N2);
#: what is to be looked at closely is noticed and not declared (G4, D4, C1, PR3, F4).
NOT_ASKED = NEVER_READ | {
    FactField.GAG,
    FactField.LANGUAGE,
    FactField.LIVE,
    FactField.CONSENT,
    FactField.TESTIMONY,
    FactField.SENSITIVE,
}


class FormLine(Frozen):
    """One line: the field it fills, its label, and what to write. `choices` are the only values, where there are any.

    Labels are wordings that are understood without the form, too: a line copied into a mail still says the same.
    """

    field: FactField
    label: str
    help: str
    choices: tuple[str, ...] = ()
    long: bool = False

    @property
    def heading(self) -> str:
        """The label with its clause, as it stands before the value."""
        return f"{self.label} ({clause_of(self.field).value}):"

    @property
    def several(self) -> bool:
        """Whether several values may be given, one on each line."""
        return self.field in REPEATABLE | OF_A_MEETING


class FormSection(Frozen):
    """Lines that belong together, under a title."""

    title: str
    lines: tuple[FormLine, ...]


_PURPOSES = tuple(purpose.value for purpose in Purpose if purpose is not Purpose.EMERGENCY)

SECTIONS = (
    FormSection(
        title="The request",
        lines=(
            FormLine(
                field=FactField.PURPOSE,
                label="Kind of request",
                help="What you want of us",
                choices=_PURPOSES,
            ),
            FormLine(
                field=FactField.PROCESS,
                label="Legal process",
                help="The document that you attach",
                choices=tuple(LegalProcess),
            ),
            FormLine(field=FactField.CASE_NUMBER, label="Case number", help="Your own number of the case"),
            FormLine(
                field=FactField.RESPONSE_DUE, label="Response date", help="YYYY-MM-DD, at least two weeks from today"
            ),
            FormLine(
                field=FactField.PRESERVATION_REF,
                label="Preservation reference",
                help="Ours, such as DP-2026-000123, if the records were preserved before",
            ),
        ),
    ),
    FormSection(
        title="Who asks",
        lines=(
            FormLine(field=FactField.AGENCY_NAME, label="Agency name", help="Your agency, in full"),
            FormLine(field=FactField.OFFICER_NAME, label="Officer name", help="Yours"),
            FormLine(field=FactField.OFFICER_BADGE, label="Badge or ID number", help="Issued by your agency"),
            FormLine(field=FactField.OFFICER_EMAIL, label="Officer email", help="Issued by your agency"),
            FormLine(field=FactField.OFFICER_PHONE, label="Officer phone", help="With the extension"),
            FormLine(
                field=FactField.OFFICER_ADDRESS, label="Postal address", help="Of your office; no PO box", long=True
            ),
        ),
    ),
    FormSection(
        title="Whose information: at least one of these",
        lines=(
            FormLine(field=FactField.USER_EMAIL, label="User email", help="One on each line"),
            FormLine(field=FactField.USER_IP, label="User IP", help="IPv4 or IPv6, one on each line"),
            FormLine(field=FactField.USER_NAME, label="Display name", help="As it was seen, one on each line"),
            FormLine(field=FactField.OWNER_EMAIL, label="Account owner email", help="One on each line"),
            FormLine(field=FactField.ACCOUNT_NUMBER, label="Account number", help="One on each line"),
            FormLine(
                field=FactField.MEETING_ID,
                label="Meeting ID",
                help="9 to 12 digits, one on each line; each with its host and its time below",
            ),
            FormLine(
                field=FactField.MEETING_HOST,
                label="Meeting host email",
                help="One on each line, in the order of the meetings above; or one alone, for all of them",
            ),
            FormLine(
                field=FactField.MEETING_AT,
                label="Meeting date and time",
                help="In the same order, each with its offset from UTC, such as 2026-10-03T15:00-05:00",
            ),
            FormLine(
                field=FactField.MEETING_URL, label="Meeting registration URL", help="https://..., one on each line"
            ),
        ),
    ),
    FormSection(
        title="Which information, and why",
        lines=(
            FormLine(
                field=FactField.DATA_REQUESTED,
                label="Data requested",
                help="D1 basic subscriber data, D2 records of use, D3 content (needs a warrant): one on each line",
            ),
            FormLine(field=FactField.SINCE, label="Start date", help="YYYY-MM-DD, the first day asked for"),
            FormLine(field=FactField.UNTIL, label="End date", help="YYYY-MM-DD, the last day asked for"),
            FormLine(
                field=FactField.RELATION,
                label="Relation to the investigation",
                help="How the information relates to it",
                long=True,
            ),
        ),
    ),
    FormSection(
        title="Telling the user: only if an order forbids it, which you attach",
        lines=(
            FormLine(field=FactField.GAG_UNTIL, label="Non-disclosure until", help="YYYY-MM-DD, by the order"),
            FormLine(
                field=FactField.GAG_DAYS, label="Non-disclosure period", help="Or the number of days, by the order"
            ),
        ),
    ),
    FormSection(
        title="In an emergency only, under the subject line EMERGENCY DISCLOSURE REQUEST",
        lines=(
            FormLine(
                field=FactField.EMERGENCY_NATURE,
                label="Nature of the emergency",
                help="In detail: the danger of death or serious physical injury",
                long=True,
            ),
            FormLine(
                field=FactField.EMERGENCY_KNOWN,
                label="How it is known",
                help="Links, logs, witnesses",
                long=True,
            ),
            FormLine(field=FactField.EMERGENCY_PERSON, label="Person at risk", help="Who is in danger"),
            FormLine(
                field=FactField.EMERGENCY_WHEN,
                label="Imminence of the harm",
                help="When it will come, or by when the data is needed",
            ),
            FormLine(
                field=FactField.EMERGENCY_AVERTS,
                label="How the data helps avert the harm",
                help="And why it cannot wait for legal process",
                long=True,
            ),
        ),
    ),
    FormSection(
        title="Only to restrict access: a meeting, or a user's hosting or joining",
        lines=(
            FormLine(
                field=FactField.MEASURE,
                label="Measure requested",
                help="The least that is necessary, from keep_out (of one meeting) to suspend_account",
                choices=tuple(measure.value for measure in Measure),
            ),
            FormLine(
                field=FactField.TERRITORY,
                label="Territory",
                help="Within your jurisdiction: a code of ISO 3166, such as US or US-IL",
            ),
            FormLine(field=FactField.BASIS, label="Legal basis", help="The provision of law, or the order"),
            FormLine(
                field=FactField.VIOLATION,
                label="Terms violation",
                help="If the request rests on a violation of our terms of service",
                choices=tuple(violation.value for violation in Violation),
            ),
        ),
    ),
    FormSection(
        title="Only with a European Production Order Certificate",
        lines=(
            FormLine(
                field=FactField.URGENT,
                label="Urgent",
                help="Whether a European order is issued in an emergency case",
                choices=("yes", "no"),
            ),
            FormLine(
                field=FactField.ISSUER,
                label="Type of issuing authority",
                help="court: a judge, a court or an investigating judge",
                choices=tuple(kind.value for kind in Judicial),
            ),
            FormLine(
                field=FactField.VALIDATOR,
                label="Type of validating authority",
                help="If it was validated",
                choices=tuple(kind.value for kind in Judicial if kind is not Judicial.OTHER),
            ),
            FormLine(
                field=FactField.VALIDATED_BY,
                label="Validating authority",
                help="The judge, court or authority that validated a European order",
            ),
            FormLine(
                field=FactField.GROUND,
                label="Ground of the order",
                help="By art. 5(4), where traffic data or content is asked for",
                choices=tuple(ground.value for ground in Threshold),
            ),
            FormLine(
                field=FactField.IDENTIFIES,
                label="Only to identify the user",
                help="Whether records are asked for solely to identify the user",
                choices=("yes", "no"),
            ),
            FormLine(
                field=FactField.NOTIFIED,
                label="Enforcing authority",
                help="The one that you have notified, or: none",
            ),
            FormLine(
                field=FactField.CONFIDENTIAL,
                label="Confidentiality",
                help="Whether the user must not be told by anyone yet",
                choices=("yes", "no"),
            ),
        ),
    ),
)

#: Helps as they stand on copies of this version that are in use: each line means the same still.
EARLIER_HELPS = (
    "9 to 12 digits; with the host and the time below, so one meeting a form",
    "Of the meeting above",
    "With its offset from UTC, such as 2026-10-03T15:00-05:00",
)

LINES = tuple(line for section in SECTIONS for line in section.lines)
