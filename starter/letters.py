"""`dueprocess letters`: every letter that can be sent, filled with sample data, for people to review as text."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import typer

from gateways.letters import ENGLISH, LetterTemplates
from policy.letters import TO_US, TO_USERS, TO_VERIFIED, LetterName
from policy.profile import ProviderProfile
from policy.samples import SAMPLES
from runtime.provider import adopt_provider, letters_of
from runtime.settings import Settings
from starter.command import Exit, Trouble, run

_TO = "recipient@mail.example"


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def letters(
        name: LetterName = typer.Argument(None, metavar="NAME", help="Only this letter, such as user_notice."),
        language: str = typer.Option("", help="Only letters in this language, such as vi; otherwise in every one."),
        to: Path = typer.Option(None, help="Write them to this file."),
    ) -> None:
        """Show the letters as they are sent, filled with sample data. Needs no server."""
        run(lambda settings: show_letters(settings, name, language, to))


async def show_letters(
    settings: Settings, name: LetterName | None = None, language: str = "", to: Path | None = None
) -> Exit:
    """Print the provider's letters, or write them to a file.

    Raises:
        Trouble: there is no such letter in that language.
    """
    provider = adopt_provider(settings)
    text = "\n".join(_pages(letters_of(provider, settings), provider.profile, name, language))
    if not text:
        raise Trouble(f"There is no {name or 'letter'} in {language!r}; it is sent in English.", Exit.MISUSED)
    if to is not None:
        await asyncio.to_thread(to.write_text, text, encoding="utf-8")
    else:
        print(text, end="")
    return Exit.DONE


def _pages(letters: LetterTemplates, provider: ProviderProfile, only: LetterName | None, only_in: str) -> Iterator[str]:
    """Each letter in each language: to whom it goes and by which clauses, then its subject and body."""
    for example, (name, about) in SAMPLES.items():
        for language in letters.languages(name):
            if only not in (None, name) or only_in not in ("", language):
                continue
            letter = letters.write(name, _TO, dict(about), language)
            title = example if language == ENGLISH else f"{example}, {language}"
            yield (
                f"==== {title} {'=' * (70 - len(title))}\n"
                f"{_reader(name, provider)}\n"
                f"{letters.purpose(name, language)}\n\n"
                f"Subject: {letter.subject}\n\n{letter.body}"
            )


def _reader(name: LetterName, provider: ProviderProfile) -> str:
    if name in TO_USERS:
        return f"To the user; answers go to {provider.user_contact}."
    if name in TO_US:
        return "To whoever is on call."
    verified = "a verified agency" if name in TO_VERIFIED else "the sender, verified or not"
    return f"To {verified}; answers go to the one address for requests (S1)."
