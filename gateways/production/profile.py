"""Who the provider is, and who certifies its records."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import policy.letters


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """As it stands on certificates. `address` may have several lines; the custodian signs by hand or with a seal."""

    name: str
    address: str
    custodian_name: str
    custodian_title: str


def provider_profile(folder: Path = Path(policy.letters.__file__).parent) -> ProviderProfile:
    """The provider as `provider.toml` has it, beside the letters that bear the same name.

    Raises:
        KeyError: the file lacks a line.
    """
    provider = tomllib.loads((folder / "provider.toml").read_text(encoding="utf-8"))
    return ProviderProfile(
        name=provider["name"],
        address="\n".join(provider["address"]),
        custodian_name=provider["custodian_name"],
        custodian_title=provider["custodian_title"],
    )
