"""`dueprocess form`: the form as it is published."""

import io
from pathlib import Path

import pikepdf
import typer
from typer.testing import CliRunner

from policy.facts import FactField
from policy.form import END, LINES, NOT_ASKED, TITLE
from starter import form

app = typer.Typer()
form.register(app)
app.command(name="other")(lambda: None)  # With one verb alone, typer takes it for the whole program.


def names(field: pikepdf.Object, above: str = "") -> dict[str, pikepdf.Object]:
    name = f"{above}{field.T}"
    kids = field.get("/Kids")
    return {n: f for kid in kids for n, f in names(kid, f"{name}.").items()} if kids else {name: field}


def test_the_pdf_has_a_field_for_every_fact_with_its_help_and_clause(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    said = CliRunner().invoke(app, ["form", "--pdf", str(path)])
    assert (said.exit_code, said.output.strip()) == (0, str(path))
    with pikepdf.open(io.BytesIO(path.read_bytes())) as pdf:
        fields = {n: f for field in pdf.Root.AcroForm.Fields for n, f in names(field).items()}
        assert set(fields) == {field.value for field in FactField} - {field.value for field in NOT_ASKED}
        for line in LINES:
            assert line.help in str(fields[line.field.value].TU)
            assert f"({line.heading.rpartition('(')[2].rstrip(':')}" in str(fields[line.field.value].TU)

    again = CliRunner().invoke(app, ["form", "--pdf", str(path)])
    assert (again.exit_code, again.stderr.strip()) == (2, f"{path}: File exists")


def test_the_text_has_every_label_between_its_first_and_last_line() -> None:
    said = CliRunner().invoke(app, ["form", "--text"])
    lines = said.output.splitlines()
    assert (said.exit_code, lines[0], lines[-1]) == (0, TITLE, END)
    assert [line for line in lines if line and not line.startswith("#")][1:-1] == [line.heading for line in LINES]
    assert max(map(len, lines)) <= 118


def test_one_of_the_two_is_asked_for() -> None:
    assert CliRunner().invoke(app, ["form"]).exit_code == 2
    assert CliRunner().invoke(app, ["form", "--text", "--pdf", "x.pdf"]).exit_code == 2
