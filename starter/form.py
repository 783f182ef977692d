"""`dueprocess form`: the request form that is published for officers, as a PDF with fields or as plain text."""

import textwrap
from pathlib import Path

import typer

from policy.form import END, INTRODUCTION, SECTIONS, TITLE, FormLine
from starter.command import Exit, err


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="form")
    def verb(
        pdf: Path = typer.Option(None, "--pdf", help="Write the form here, as a PDF to fill in."),
        text: bool = typer.Option(False, "--text", help="Print the form as plain text, to fill in in a mail."),
    ) -> None:
        """Write the request form that officers fill in (R1, R2, R4). What is filled in is read exactly."""
        if text == (pdf is not None):
            err.print("Say --pdf FILE or --text: one of them.")
            raise typer.Exit(Exit.MISUSED)
        if text:
            print(text_form(), end="")
        else:
            raise typer.Exit(_write(pdf))


def text_form() -> str:
    """The form as text, blank: lines that begin with # are not read."""
    lines = [TITLE, "", *(f"# {sentence}" for sentence in INTRODUCTION)]
    for section in SECTIONS:
        lines += ["", f"# {section.title}", ""]
        for line in section.lines:
            lines += [f"# {line.help}", *_choices(line), line.heading, ""]
    return "\n".join([*lines, END, ""])


def _choices(line: FormLine) -> list[str]:
    """The only values that the line can have, in comments; none where there is a choice of everything."""
    return [f"# {row}" for row in textwrap.wrap(f"One of: {', '.join(line.choices)}", 100)] if line.choices else []


def _write(path: Path) -> Exit:
    from starter.acroform import request_form  # Slow to import, and the text needs none of it.

    try:
        with path.open("xb") as file:
            file.write(request_form())
    except OSError as error:
        err.print(f"{path}: {error.strerror or error}", markup=False)
        return Exit.MISUSED
    print(path)
    return Exit.DONE
