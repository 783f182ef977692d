"""Who the provider is: its name, where it is, whom users write to, and who certifies its records."""

from typing import Annotated, Self

from pydantic import Field

from policy.folder import PROFILE, checked, table
from policy.frozen import Frozen

Line = Annotated[str, Field(pattern=r"^\S[^\x00-\x1f\x7f]*$")]


class ProviderProfile(Frozen):
    """As it stands in letters and on certificates."""

    name: Line
    department: Line
    address: tuple[Line, ...] = Field(min_length=1)
    guide: str = Field(pattern=r"^https?://[!-~]+$")
    """Where the public guide for government requests can be read (S1)."""
    user_contact: str = Field(pattern=r"^[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,255}$")
    """The one mail address where users are told to write to: the other is for governments alone (S1)."""
    custodian_name: Line
    custodian_title: Line
    """Who certifies records, by hand or with a seal (PR3)."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `provider.toml`.

        Raises:
            FolderError: a line is missing, unknown or malformed.
        """
        return checked(PROFILE, cls, table(PROFILE, text))
