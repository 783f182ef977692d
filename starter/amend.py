"""`dueprocess amend REF FIELD=VALUE… --as NAME`: a person completes or corrects what was read (R1, R2, R4, P2).

Where a field has several values, `FIELD+=VALUE` is one more and `FIELD-=VALUE` one fewer.
"""

from collections.abc import Sequence
from pathlib import Path

import typer

from activities.record import Entry, FactsAmended
from contract.signing import sign_model
from ledger.roster import Roster
from policy.amending import Amended, amendment
from policy.facts import IDENTIFIERS, Change, Fact, FactError, FactField
from policy.frozen import Frozen
from policy.request import request_facts
from policy.triage import takes_facts
from policy.vocabulary import Phase
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import nonce, read_key
from starter.machines import say_facts_changed


class Amendment(Frozen):
    """What a person signs when they amend: the case, themselves, the values, and what makes it new."""

    ref: str
    by: str
    facts: tuple[Fact, ...]
    nonce: str


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="amend", epilog=f"Fields: {', '.join(field.value for field in FactField)}")
    def amend_verb(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        values: list[str] = typer.Argument(
            help="FIELD=VALUE, such as officer.badge=4711, in place of what holds; where a field has several values, "
            "repeat it, or write FIELD+=VALUE for one more and FIELD-=VALUE for one fewer. A host or a time is every "
            "meeting's, or of one: 'meeting.host_email=a@b.example of 87312345678'."
        ),
        name: str = typer.Option(..., "--as", help="Who you are on the roster."),
        key: Path = typer.Option(None, help="Your private key, if it is not where `reviewer add` put it."),
    ) -> None:
        """Complete or correct facts of a case; the source of each is kept. Approvals given before no longer hold."""
        run(lambda settings: amend_case(settings, ref, values, name, key))


async def amend_case(settings: Settings, ref: str, values: Sequence[str], name: str, key: Path | None = None) -> Exit:
    """Amend, and say what holds now."""
    for fact in await amend(settings, ref, values, name, key):
        out.print(f"{ref}: {fact.field.value} {_NOW[fact.source.change]} {fact.value}", markup=False)
    return Exit.DONE


_NOW = {Change.STATES: "is now", Change.ADDS: "is now also", Change.TAKES_AWAY: "is no longer"}


async def amend(
    settings: Settings, ref: str, values: Sequence[str], name: str, key: Path | None = None
) -> tuple[Fact, ...]:
    """Sign the values, put them into the record, and have the case's machine look again.

    Raises:
        Trouble: a value is not what its field needs or cannot be added or taken away, the person is not on the roster,
            or the case is past review.
    """
    async with open_services(settings) as services:
        case = await services.casebook.case(ref)
        signer = await Roster(services.engine).by_name(name)
        if signer is None:
            raise Trouble(f"{name} is not on the roster; `dueprocess reviewer list` shows who is", Exit.MISUSED)
        facts = _facts([_amended(value) for value in values], case.facts, signer.id)
        fewer = any(fact.source.change is Change.TAKES_AWAY and fact.field in IDENTIFIERS for fact in facts)
        held = case.phase is Phase.HELD
        takes = takes_facts(case.phase, case.missing, request_facts(case.facts), request_facts(facts))
        if not takes or (held and fewer):
            raise Trouble(_WHY_NOT[held].format(ref=ref, phase=case.phase.value.replace("_", " ")))
        signed = Amendment(ref=ref, by=signer.id, facts=facts, nonce=nonce())
        signature = sign_model(signed, read_key(settings, name, key))
        amended = FactsAmended(by=signer.id, facts=facts, signature=f"{signed.nonce}.{signature}")
        now = BusinessClock(settings.clock_file).now()
        entry = Entry(ref=ref, step=f"amend-{signed.nonce}", at=now, changes=(amended,))
        await services.casebook.commit(entry)
        if not await say_facts_changed(await connect(settings), case):
            raise Trouble(f"{ref}: recorded, but its machine is not running; see `dueprocess verify`")
    return facts


#: By whether it is a hold.
_WHY_NOT = {
    True: "{ref}: a hold takes in what P2 still asks for, and keeps whom it names: another name is another "
    "preservation",
    False: "{ref} is in {phase}; facts are amended before approval only",
}


_CHANGES = {"+": Change.ADDS, "-": Change.TAKES_AWAY}


def _amended(text: str) -> Amended:
    name, equals, value = text.partition("=")
    if not equals:
        raise Trouble(f"{text}: an amendment has the form FIELD=VALUE, FIELD+=VALUE or FIELD-=VALUE", Exit.MISUSED)
    change = _CHANGES.get(name[-1:], Change.STATES)
    name = name if change is Change.STATES else name[:-1]
    try:
        field = FactField(name.strip())
    except ValueError:
        fields = ", ".join(field.value for field in FactField)
        raise Trouble(f"{name}: there is no such field; there are {fields}", Exit.MISUSED) from None
    return Amended(field=field, change=change, text=value)


def _facts(wanted: Sequence[Amended], known: Sequence[Fact], by: str) -> tuple[Fact, ...]:
    try:
        return amendment(wanted, known, by)
    except FactError as error:
        raise Trouble(str(error), Exit.MISUSED) from None
