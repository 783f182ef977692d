"""Which provider this process works for: its folder is read whole and checked before any case is looked at."""

from dataclasses import dataclass
from pathlib import Path

from gateways.folder import SHIPPED, read_text
from gateways.letters import LetterTemplates
from policy.book import Books, adopt_books
from policy.directory import AgencyDirectory, DirectoryError
from policy.folder import AGENCIES, CLOCKS, COUNTRIES, PROFILE, SUFFIXES, FolderError
from policy.official import adopt_suffixes, read_suffixes
from policy.profile import ProviderProfile
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """What the folder says, besides clocks and suffixes, which the rules of `policy` look up by themselves."""

    folder: Path
    profile: ProviderProfile
    agencies: AgencyDirectory
    """Put into an empty agency directory; from then on the directory is kept with `dueprocess agency` (G1, S1)."""


def adopt_provider(settings: Settings) -> Provider:
    """Go by the settings' provider folder from now on. Once, when a process starts; all of it or, on error, nothing.

    Raises:
        FolderError: a file of the folder is missing or not what it must be; the message names the file and the key.
    """
    folder = settings.provider_folder or SHIPPED
    books = Books.read(read_text(folder, CLOCKS), read_text(folder, COUNTRIES))
    suffixes = read_suffixes(read_text(folder, SUFFIXES))
    provider = Provider(folder, ProviderProfile.read(read_text(folder, PROFILE)), _agencies(folder))
    adopt_books(books)
    adopt_suffixes(suffixes)
    return provider


def letters_of(provider: Provider, settings: Settings) -> LetterTemplates:
    """The provider's letters.

    Raises:
        FolderError: a letter is missing, or asks for what it is never given.
    """
    return LetterTemplates(settings.intake_address, provider.profile, provider.folder)


def _agencies(folder: Path) -> AgencyDirectory:
    try:
        return AgencyDirectory.read(read_text(folder, AGENCIES))
    except DirectoryError as error:
        raise FolderError(f"{AGENCIES}: {error}") from None
