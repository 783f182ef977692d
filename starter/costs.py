"""`dueprocess costs REF AMOUNT CURRENCY --basis … --as NAME`: claim costs with the production (PR2)."""

from pathlib import Path

import typer
from pydantic import ValidationError

from activities.record import CostsClaimed, Entry
from contract.signing import sign_model
from ledger.roster import Roster
from policy.costs import CostBasis, Costs, costs_refusal
from policy.frozen import Frozen
from policy.vocabulary import Role
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import nonce, read_key


class Claim(Frozen):
    """What a reviewer signs when they claim costs: the case, themselves, the costs, and what makes it new."""

    ref: str
    by: str
    costs: Costs
    nonce: str


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="costs")
    def verb(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        amount: str = typer.Argument(help="The amount, with two decimals, such as 250.00."),
        currency: str = typer.Argument(help="Its currency (ISO 4217), such as USD."),
        basis: CostBasis = typer.Option(..., help="Agreed with the agency, or ordered by the court."),
        name: str = typer.Option(..., "--as", help="Who you are on the roster."),
        key: Path = typer.Option(None, help="Your private key, if it is not where `reviewer add` put it."),
    ) -> None:
        """Claim costs: the letter with the records says so. A later claim takes the place of an earlier one."""
        run(lambda settings: claim(settings, ref.upper(), amount, currency, basis, name, key))


async def claim(
    settings: Settings, ref: str, amount: str, currency: str, basis: CostBasis, name: str, key: Path | None = None
) -> Exit:
    """Sign the claim and put it into the record.

    Raises:
        Trouble: it is no amount, the person is no reviewer on the roster, or PR2 allows no costs here.
    """
    try:
        costs = Costs(amount=amount, currency=currency.upper(), basis=basis)
    except ValidationError:
        raise Trouble(
            "PR2: the amount has two decimals, such as 250.00, and a currency, such as USD", Exit.MISUSED
        ) from None
    async with open_services(settings) as services:
        case = await services.casebook.case(ref)
        refused = costs_refusal(case.kind, produced=case.production is not None, closed=case.outcome is not None)
        if refused is not None:
            raise Trouble(f"{ref}: {refused.clause.value}: {refused.detail}", Exit.REFUSED)
        signer = await Roster(services.engine).by_name(name)
        if signer is None or Role.REVIEWER not in signer.roles:
            raise Trouble(f"{name} is no reviewer on the roster; `dueprocess reviewer list` shows who is", Exit.MISUSED)
        signed = Claim(ref=ref, by=signer.id, costs=costs, nonce=nonce())
        signature = f"{signed.nonce}.{sign_model(signed, read_key(settings, name, key))}"
        claimed = CostsClaimed(by=signer.id, costs=costs, signature=signature)
        now = BusinessClock(settings.clock_file).now()
        await services.casebook.commit(Entry(ref=ref, step=f"costs-{signed.nonce}", at=now, changes=(claimed,)))
    out.print(f"{ref}: costs of {costs.amount} {costs.currency} will be claimed with the production", markup=False)
    return Exit.DONE
