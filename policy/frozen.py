"""The one kind of value that crosses a border in this product: frozen, closed, and discreet about its content."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes and knows all its fields. What it refuses it does not quote: an error may be logged,
    or travel through Temporal, and the value may be somebody's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
