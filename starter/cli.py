"""The `dueprocess` command: one verb a file, listed here in the order in which people meet them."""

import importlib

import typer

#: Verb, module and function of each. Imported only when called, so that `inspect` does not pay for a database.
app = typer.Typer(
    name="dueprocess",
    help="Durable due process for government data requests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def main() -> None:
    """The entry point."""
    for module in _VERBS:
        importlib.import_module(f"starter.{module}").register(app)
    app()


_VERBS = (
    "demo",
    "up",
    "inspect",
    "intake",
    "listing",
    "show",
    "document",
    "review",
    "amend",
    "objection",
    "appeal",
    "costs",
    "reviewer",
    "agency",
    "verify",
    "letters",
    "form",
    "doctor",
    "clock",
    "migrate",
    "serve",
)
