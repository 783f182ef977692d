"""`dueprocess review REF VERDICT --as NAME`: sign a statement about a case and have it ruled on."""

from datetime import date, datetime
from pathlib import Path

import typer
from pydantic import ValidationError

from activities.ports import CaseFile
from activities.receiving import breadth
from contract.signing import sign
from ledger.roster import Roster
from policy.addresses import normal_domain
from policy.decisions import ABOUT_MAIL
from policy.directory import normal_number, number_id
from policy.facts import FactError, FactField, canonical
from policy.notice import ABOUT_SILENCE
from policy.request import day_over
from policy.scope import Narrowing
from policy.statements import Check, Ruling, SignedStatement, Statement, Verdict
from policy.vocabulary import Clause, DataClass, Measure
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, err, out, run
from starter.desk import deliver, nonce, read_key, roster_id, scope_before
from starter.machines import machine_of
from starter.vouching import rule_on_mail, waiting_message


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def review(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        verdict: Verdict = typer.Argument(help="What you state."),
        name: str = typer.Option(..., "--as", help="Who you are on the roster."),
        ground: list[Clause] = typer.Option([], help="A clause that the verdict rests on; may be repeated."),
        reason: str = typer.Option("", help="Your own words; kept in the ledger, and only there."),
        data_class: list[DataClass] = typer.Option([], "--class", help="narrow: a class of data to keep."),
        measure: Measure = typer.Option(None, help="narrow: a lesser restriction of access."),
        territory: str = typer.Option("", help="narrow: a smaller territory, as a code of ISO 3166: US-IL"),
        identifiers: str = typer.Option("", help="narrow: identifiers to keep, by their numbers in `show`: 1,3"),
        since: str = typer.Option("", help="narrow: first day, YYYY-MM-DD."),
        until: str = typer.Option("", help="narrow: last day. date_gag: the gag's last day."),
        proposed: bool = typer.Option(False, "--proposed", help="narrow: to the scope that `show` proposes (R3, X2)."),
        signature_seen: bool = typer.Option(False, help="You saw the officer's signature on the document (S2)."),
        document_read: str = typer.Option(
            "", help="The scans that you read and take in, by their numbers in `show`: 1,2 (S2)."
        ),
        letterhead_seen: bool = typer.Option(False, help="You saw the agency's letterhead (P2)."),
        called_back: str = typer.Option("", help="The number on which you called back, never the request's own (G1)."),
        badge_checked: bool = typer.Option(False, help="The badge or id was confirmed on that call (R4)."),
        target_checked: bool = typer.Option(
            False, help="CLOUD Act: you checked that it is for serious crime, and aimed at nobody of or in the US (F2)."
        ),
        certificate_checked: bool = typer.Option(
            False, help="EPOC: the record says of its authorities and its ground what the certificate says (F2)."
        ),
        address: str = typer.Option(
            "", help="readdress: where the user can be told; kept in the ledger, and only there."
        ),
        notice: int = typer.Option(None, help="The number of the notice, where the statement is about one."),
        order: int = typer.Option(
            None, min=1, help="date_gag, tell_user, lift_gag: the one order of silence, by its number in `show` (N2)."
        ),
        message: str = typer.Option("", help="vouch, set_aside: the waiting message, by the beginning of its id."),
        key: Path = typer.Option(None, help="Your private key, if it is not where `reviewer add` put it."),
        print_only: bool = typer.Option(False, "--print", help="Print the signed statement, for the Web UI's signal."),
    ) -> None:
        """Sign a statement: a verifier's finding, or a reviewer's decision."""
        seen = {
            Check.SIGNATURE_SEEN: signature_seen,
            Check.DOCUMENT_READ: bool(document_read),
            Check.LETTERHEAD_SEEN: letterhead_seen,
            Check.CALLED_BACK: bool(called_back),
            Check.BADGE_CHECKED: badge_checked,
            Check.TARGET_CHECKED: target_checked,
            Check.CERTIFICATE_CHECKED: certificate_checked,
        }

        words = _address(address) if verdict is Verdict.READDRESS else reason
        parts = (data_class, identifiers, since, until, measure, territory)
        if proposed and any(parts):
            raise typer.BadParameter("--proposed stands for the whole narrowing; leave the other parts out")

        async def verb(settings: Settings) -> Exit:
            async with open_services(settings) as services:
                case = await services.casebook.case(ref)
                statement = Statement(
                    ref=ref,
                    by=await roster_id(services, name),
                    verdict=verdict,
                    scope=scope_before(case).digest(),
                    narrowing=_proposed(case, verdict) if proposed else _narrowing(verdict, *parts),
                    checks=tuple(check for check, done in seen.items() if done),
                    called=_called(called_back),
                    grounds=tuple(ground),
                    reason=await Roster(services.engine).keep_reason(words) if words else None,
                    until=_gag_end(verdict, until),
                    message=waiting_message(case, message) if verdict in ABOUT_MAIL else None,
                    order=order if verdict in ABOUT_SILENCE else None,
                    documents=_documents(case, document_read),
                    at=BusinessClock(settings.clock_file).now(),
                    nonce=nonce(),
                )
                signed = sign(statement, read_key(settings, name, key))
                if print_only:
                    out.print(signed.model_dump_json(exclude_defaults=True), markup=False)
                    return Exit.DONE
                if verdict in ABOUT_MAIL:
                    return tell(ref, await rule_on_mail(settings, services, case, signed))
                return await _send(settings, case, signed, notice)

        run(verb)


async def _send(settings: Settings, case: CaseFile, signed: SignedStatement, notice: int | None) -> Exit:
    client = await connect(settings)
    ruling = await deliver(client, machine_of(case, notice), signed)
    return tell(case.ref, ruling)


def tell(ref: str, ruling: Ruling) -> Exit:
    """Say what became of a statement."""
    if not ruling.accepted:
        err.print(f"{ref}: refused, and nothing has changed. {ruling.sentence}", markup=False)
        return Exit.REFUSED
    verdict = ruling.verdict.value.replace("_", " ") if ruling.verdict else ""
    more = f"; {ruling.approvals} of {ruling.approvals_needed} approvals" if ruling.approvals_needed > 1 else ""
    out.print(f"{ref}: {verdict}, accepted and recorded{more}", markup=False)
    return Exit.DONE


def _called(number: str) -> str | None:
    """The id of the number that was called, if any."""
    if number and normal_number(number) is None:
        raise Trouble(f"G1: {number!r} is not a telephone number with + and its country code", Exit.MISUSED)
    return number_id(number) if number else None


def _documents(case: CaseFile, numbers: str) -> tuple[str, ...]:
    """The documents of the case by their numbers in `show`.

    Raises:
        Trouble: there is no such number.
    """
    named = [number.strip() for number in numbers.split(",")] if numbers else []
    known = {str(number): document.sha256 for number, document in enumerate(case.documents, start=1)}
    if strange := [number for number in named if number not in known]:
        raise Trouble(f"S2: {case.ref} has no document {strange[0]!r}; `show` numbers them", Exit.MISUSED)
    return tuple(known[number] for number in named)


def _proposed(case: CaseFile, verdict: Verdict) -> Narrowing:
    """The narrowing that `show` proposes.

    Raises:
        Trouble: nothing is proposed, or the verdict is not to narrow.
    """
    narrowing = breadth(case, case.policy_version).narrowing
    if verdict is not Verdict.NARROW:
        raise Trouble("--proposed goes with narrow", Exit.MISUSED)
    if narrowing is None:
        raise Trouble(f"R3: no narrower scope is proposed for {case.ref}; name one, ask for more, or reject")
    return narrowing


def _narrowing(
    verdict: Verdict,
    classes: list[DataClass],
    identifiers: str,
    since: str,
    until: str,
    measure: Measure | None,
    territory: str,
) -> Narrowing | None:
    if verdict is not Verdict.NARROW:
        return None
    try:
        places = tuple(int(place) for place in identifiers.split(",")) if identifiers else None
        return Narrowing(
            classes=tuple(classes) or None,
            identifiers=places,
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
            measure=measure,
            territory=canonical(FactField.TERRITORY, territory) if territory else None,
        )
    except FactError as error:
        raise Trouble(str(error), Exit.MISUSED) from error
    except (ValueError, ValidationError) as error:
        raise Trouble(f"R3: the narrowing cannot be read: {error}", Exit.MISUSED) from error


def _gag_end(verdict: Verdict, until: str) -> datetime | None:
    """When the gag's last day has ended everywhere on earth, UTC (N2)."""
    if verdict is not Verdict.DATE_GAG or not until:
        return None
    try:
        return day_over(date.fromisoformat(until))
    except ValueError as error:
        raise Trouble(f"N2: --until must be a date of the form YYYY-MM-DD, not {until}", Exit.MISUSED) from error


def _address(address: str) -> str:
    """Where a user can be told, as a mail relay can take it (N1).

    Raises:
        Trouble: it is no mail address.
    """
    local, _, domain = address.strip().rpartition("@")
    if not local or normal_domain(domain) is None or not address.isascii() or set(address) & set(" <>,;\t\r\n"):
        raise Trouble("N1: --address must be one mail address, such as name@example.org", Exit.MISUSED)
    return address.strip()
