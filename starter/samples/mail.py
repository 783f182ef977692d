"""The mail of a sample request: what an officer writes, with the document attached."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from starter.samples.document import data_words, document, reference_label, restriction_lines, title_of
from starter.samples.request import SampleProcess, SampleRequest

_RECIPIENT = "lawenforcement@provider.example"


def sample_mail(request: SampleRequest, pdf: bytes | None = None) -> bytes:
    """The request as mail, as it comes over SMTP. `pdf` takes the place of the request's own document.

    The same request gives the same bytes, Message-ID included.
    """
    mail = EmailMessage(policy=SMTP)
    identity = hashlib.sha256(repr(request).encode()).hexdigest()[:32]
    mail["From"] = f'"{request.officer}" <{request.sender}>'
    mail["To"] = _RECIPIENT
    mail["Date"] = format_datetime(request.dated)
    mail["Message-ID"] = f"<{identity}@{request.sender.rpartition('@')[2]}>"
    mail["Subject"] = _subject(request)
    mail.set_content(_body(request))
    attached = document(request) if pdf is None else pdf
    mail.add_attachment(attached, maintype="application", subtype="pdf", filename=f"{request.process.value}.pdf")
    mail.set_boundary(f"=={identity}==")
    return mail.as_bytes()


def _subject(request: SampleRequest) -> str:
    words = request.process.value.replace("_", " ").capitalize()
    if request.process is SampleProcess.EXTENSION:
        words = "Preservation extension request"
    elif request.process is SampleProcess.RESTRICTION:
        words = "Request to restrict access"
    reference = f" - {request.reference}" if request.reference else ""
    return f"{words} - case {request.case_number}{reference}"


def _body(request: SampleRequest) -> str:
    further = (SampleProcess.NON_DISCLOSURE_ORDER, SampleProcess.EXTENSION, SampleProcess.CONFIRMATION)
    asks = request.process not in further
    restricts = request.process is SampleProcess.RESTRICTION
    lines = [
        "To the custodian of records:",
        "",
        f"Please find attached a formal document in the matter below ({title_of(request.process)}).",
        "",
        f"Legal process: {_process_words(request.process)}",
        f"Case number: {request.case_number}",
        *([f"{reference_label(request.process)}: {request.reference}"] if request.reference else []),
        *([f"Response due: {request.response_due}"] if request.response_due and asks else []),
        *([f"{label}: {value}" for label, value in request.identifiers] if asks else []),
        *([f"Data requested: {data_words(request.classes)}"] if asks and not restricts else []),
        *([f"{label}: {value}" for label, value in restriction_lines(request)] if restricts else []),
        *([f"Non-disclosure: {request.silence}"] if request.silence else []),
        *([f"Relation to the investigation: {request.relation}"] if asks else []),
        "",
        "Respectfully,",
        "",
        f"Officer: {request.officer}",
        f"Agency: {request.agency}",
        f"Badge number: {request.badge}",
        f"Email: {request.sender}",
        f"Phone: {request.phone}",
        f"Address: {request.address}",
    ]
    return "\n".join(lines) + "\n"


def _process_words(process: SampleProcess) -> str:
    match process:
        case SampleProcess.EXTENSION:
            return "Extension of preservation"
        case SampleProcess.CONFIRMATION:
            return "Confirmation of issuance"
        case SampleProcess.RESTRICTION:
            return "Restriction of access"
        case _:
            return process.value.replace("_", " ")
