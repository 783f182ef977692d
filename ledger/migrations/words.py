"""What several migrations do: a column that holds one of some fixed words learns new ones."""

import re

import sqlalchemy as sa
from alembic import op

_DEFINITION = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name AND conrelid = to_regclass(:table)"
)


def allow_also(table: str, column: str, *words: str) -> None:
    """Let `column` hold `words` beside those that its constraint `ck_<table>_<column>_known` names already."""
    name = f"ck_{table}_{column}_known"
    definition: str = op.get_bind().execute(_DEFINITION, {"name": name, "table": table}).scalar_one()
    named = ", ".join(repr(word) for word in (*re.findall(r"'(\w+)'", definition), *words))
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({named})")
