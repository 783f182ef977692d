"""What every process of the product begins with: its settings, and the provider that it works for."""

from pydantic import ValidationError

from policy.folder import FolderError
from runtime.provider import Provider, adopt_provider
from runtime.settings import PREFIX, Settings


class Misconfigured(Exception):
    """A setting or a file of the provider folder is not what it must be. For people: a line for each."""


def configuration() -> tuple[Settings, Provider]:
    """The settings, and the provider whose clocks and countries hold from now on.

    Raises:
        Misconfigured: nothing must be done before a person has corrected it.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        names = ("_".join(str(part) for part in problem["loc"]).upper() for problem in error.errors())
        problems = zip(names, error.errors(), strict=True)
        raise Misconfigured("\n".join(f"{PREFIX}{name}: {problem['msg']}" for name, problem in problems)) from None
    try:
        return settings, adopt_provider(settings)
    except FolderError as error:
        raise Misconfigured(f"The provider folder cannot be used. {error}") from None
