"""The provider folder: what another provider changes, as files. Reads their text; `README.md` in the folder lists them.

Nothing here opens a file of a deployment: a text is given, and checked whole before any of it is used. What is wrong is
said with the file and the key. Only the folder that comes with the product is read from here.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)

PROFILE, CLOCKS, COUNTRIES, SUFFIXES, AGENCIES, LETTERS = (
    "provider.toml",
    "clocks.toml",
    "countries.toml",
    "suffixes.toml",
    "agencies.csv",
    "letters",
)


class FolderError(ValueError):
    """A file of the provider folder is not what it must be. The message, for people, names the file and the key."""


def shipped(name: str) -> str:
    """A file of the folder that comes with the product: the example provider's."""
    return (files("policy") / "provider" / name).read_text(encoding="utf-8")


def table(file: str, text: str) -> dict[str, object]:
    """The file's text as TOML.

    Raises:
        FolderError: it is not TOML; the message has the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FolderError(f"{file}: {error}") from None


def checked(file: str, model: type[T], values: Mapping[str, object], within: str = "") -> T:
    """The values as a model; `within` names the table that they stand in.

    Raises:
        FolderError: a key is missing, unknown or malformed; every such key is named.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = (
            f"{'.'.join((*filter(None, [within]), *map(str, problem['loc'])))}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        raise FolderError(f"{file}: {'; '.join(problems)}") from None
