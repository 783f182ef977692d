"""The `dueprocess` command: one verb a file, listed here in the order in which people meet them."""

import importlib
import sys

import typer

app = typer.Typer(
    name="dueprocess",
    help="Durable due process for government data requests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def _verbs() -> None:
    """Keeps the verb a word of its own where only one is loaded."""


def main() -> None:
    """The entry point. Of a verb that is called by its module's name only that module is loaded: `inspect` reads large
    mail and has no memory to give to the others."""
    called = [module for module in _VERBS if sys.argv[1:2] == [module]]
    for module in called or _VERBS:
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
    "message",
    "review",
    "amend",
    "objection",
    "appeal",
    "costs",
    "certificate",
    "reviewer",
    "agency",
    "verify",
    "retention",
    "letters",
    "form",
    "doctor",
    "clock",
    "migrate",
    "serve",
)
