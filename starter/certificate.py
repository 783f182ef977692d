"""`dueprocess certificate REF FILE --as NAME`: take in a certificate that the custodian completed and signed (PR3)."""

import asyncio
from pathlib import Path

import typer

from activities.ports import CaseFile
from activities.record import CertificateCompleted, Entry
from contract.signing import sign_model
from intake.message import read_document
from ledger.roster import Roster
from policy.certificates import completion_refusal, unfit
from policy.findings import DocumentKind
from policy.frozen import Frozen
from policy.vocabulary import Role
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import nonce, read_key


class Completion(Frozen):
    """What a reviewer signs when they take one in: the case, themselves, the form, what was completed, and what makes
    it new."""

    ref: str
    by: str
    form: str | None
    completed: str
    nonce: str


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="certificate")
    def verb(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        file: Path = typer.Argument(help="The certificate as the custodian completed and signed it, as a PDF."),
        form: int = typer.Option(
            None, help="Which document it completes, as `show` numbers them, if several could be."
        ),
        name: str = typer.Option(..., "--as", help="Who you are on the roster."),
        key: Path = typer.Option(None, help="Your private key, if it is not where `reviewer add` put it."),
    ) -> None:
        """Take in a completed certificate: it goes back with the production. A later one takes its place."""
        try:
            octets = file.read_bytes()
        except OSError as error:
            raise typer.BadParameter(f"{file} cannot be read") from error
        run(lambda settings: take_in(settings, ref.upper(), octets, form, name, key))


async def take_in(
    settings: Settings, ref: str, octets: bytes, number: int | None, name: str, key: Path | None = None
) -> Exit:
    """Keep the completed certificate and put it into the record, signed.

    Raises:
        Trouble: the case takes none in, the file is no PDF that S2 would let in or is the form as it came, no such form
            is there, or the person is no reviewer on the roster.
        Conflict: the production has been made in the meantime.
    """
    async with open_services(settings) as services:
        case = await services.casebook.case(ref)
        refused = completion_refusal(case.kind, produced=case.production is not None, closed=case.outcome is not None)
        if refused is not None:
            raise Trouble(f"{ref}: {refused.clause.value}: {refused.detail}", Exit.REFUSED)
        form = _form(case, number)
        signer = await Roster(services.engine).by_name(name)
        if signer is None or Role.REVIEWER not in signer.roles:
            raise Trouble(f"{name} is no reviewer on the roster; `dueprocess reviewer list` shows who is", Exit.MISUSED)
        document, _ = await asyncio.to_thread(read_document, octets, "the file")
        if (trouble := unfit(document)) is not None:
            raise Trouble(f"{trouble.clause.value}: {trouble.detail}", Exit.MISUSED)
        if document.sha256 in {known.sha256 for known in case.documents}:
            raise Trouble("PR3: this is a document as the agency sent it; nothing is completed in it", Exit.MISUSED)
        private_key = read_key(settings, name, key)
        stored = await services.store.put(octets)
        signed = Completion(ref=ref, by=signer.id, form=form, completed=stored, nonce=nonce())
        signature = f"{signed.nonce}.{sign_model(signed, private_key)}"
        taken = CertificateCompleted(form=form, completed=stored, by=signer.id, signature=signature)
        now = BusinessClock(settings.clock_file).now()
        await services.casebook.commit(Entry(ref=ref, step=f"certificate-{signed.nonce}", at=now, changes=(taken,)))
    out.print(f"{ref}: the completed certificate will be returned with the production", markup=False)
    return Exit.DONE


def _form(case: CaseFile, number: int | None) -> str | None:
    """The certificate that is completed: the one that is named, or the only one; None where none is a document of its
    own."""
    forms = {n: d.sha256 for n, d in enumerate(case.documents, start=1) if d.kind is DocumentKind.CERTIFICATE}
    if number is not None:
        if number not in forms:
            raise Trouble(f"PR3: document {number} of {case.ref} is no certificate to complete", Exit.MISUSED)
        return forms[number]
    if len(forms) > 1:
        raise Trouble(f"PR3: name the one that it completes: --form {' or '.join(map(str, forms))}", Exit.MISUSED)
    return next(iter(forms.values()), None)
