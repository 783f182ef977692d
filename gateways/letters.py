"""Letters from the provider folder's text files: plain, wrapped, and nothing in them but what the file asks for.

Values come from requests, so from strangers. A value can never start a new line: where a letter shows words of more
than one line (a reviewer's reason) they are set as an indented block. So no value can look like our own text, add a
header, or carry control characters.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ValidationError

from activities.record import Letter
from gateways.folder import read_text
from gateways.paragraphs import INDENT, WIDTH, fill, wrap
from policy.folder import LETTERS, FolderError
from policy.letters import CONTEXTS, AboutCase, LetterName, clauses_in
from policy.profile import ProviderProfile
from policy.samples import SAMPLES
from policy.words import Words

_SUBJECT = "Subject: "
_PURPOSE = re.compile(r"\{#\s*(.+?)\s*#\}")
ENGLISH = "en"
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f@<>()\[\]\\,;:\"]{1,64}@[A-Za-z0-9.-]{1,255}")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class LetterError(ValueError):
    """A letter cannot be written. Names the letter and the field or file, never a value: it may end up in a log."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One letter in one language. `purpose` is its second line: the clauses it carries out, and how."""

    template: Template
    purpose: str


class LetterTemplates:
    """Keeps `LetterWriter` with the files of a provider folder. Everything is read, checked and tried once, when it is
    made.

    Raises:
        FolderError: a letter has no English file, names no clause, or is malformed, or asks for what it is never given.
    """

    def __init__(self, intake_address: str, provider: ProviderProfile, folder: Path) -> None:
        shared = {"provider": provider, "intake_address": intake_address}
        self._letters: dict[tuple[str, LetterName], _Wording] = {}
        languages = {path.parent.name for path in (folder / LETTERS).glob("*/words.toml")} | {ENGLISH}
        for language in sorted(languages):
            within = f"{LETTERS}/{language}"
            words = Words.read(
                f"{within}/words.toml", read_text(folder, f"{within}/words.toml"), for_agencies=language == ENGLISH
            )
            environment = _environment(folder / within, words, shared)
            for name in LetterName:
                try:
                    self._letters[language, name] = _load(environment, within, name)
                except TemplateNotFound as error:
                    if error.name != f"{name}.txt" or language == ENGLISH:
                        raise FolderError(f"{within}/{error.name} is missing") from None
        self._try_out()

    def languages(self, name: LetterName) -> list[str]:
        """The languages in which there is such a letter; English is always among them."""
        return [language for language, letter in self._letters if letter is name]

    def purpose(self, name: LetterName, language: str = ENGLISH) -> str:
        """Which clauses the letter carries out, and how: what the file says of itself and does not send."""
        return self._letters[language, name].purpose

    def write(self, name: str, to: str, context: Mapping[str, object], language: str = ENGLISH) -> Letter:
        """The letter, in English where there is none in the language (F4).

        Raises:
            LetterError: there is no such letter; a value is missing, superfluous or malformed; `to` is not one address.
        """
        if name not in set(LetterName):
            raise LetterError(f"there is no letter named {name!r}")
        letter = LetterName(name)
        if not _ADDRESS.fullmatch(to):
            raise LetterError(f"{letter}: it must go to exactly one mail address")
        try:
            about = CONTEXTS[letter].model_validate(dict(context))
        except ValidationError as error:
            problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            raise LetterError(f"{letter}: {'; '.join(problems)}") from None
        wording = self._letters.get((language, letter)) or self._letters[ENGLISH, letter]
        try:
            subject, body = _filled(wording, about)
        except TemplateError as error:
            raise LetterError(f"{letter}: {error}") from None
        return Letter(name=letter.value, to=to, subject=subject, body=body)

    def _try_out(self) -> None:
        """Fill every letter with sample values, so that a slip in its wording is found now and not on the day."""
        for name, about in SAMPLES.values():
            for language in self.languages(name):
                try:
                    _filled(self._letters[language, name], about)
                except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
                    raise FolderError(f"{LETTERS}/{language}/{name}.txt: {error}") from None


def _filled(wording: _Wording, about: AboutCase) -> tuple[str, str]:
    """Subject and body."""
    text = wording.template.render({field: getattr(about, field) for field in type(about).model_fields})
    subject, _, body = text.partition("\n")
    return subject.removeprefix(_SUBJECT), fill(body)


class _Block(str):
    """Text of several lines that a filter has made safe."""

    __slots__ = ()


def _one_line(value: str) -> str:
    """The value without anything that could end a line, hide text or turn its direction."""
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} or c in _BIDI else c for c in value)
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def _quoted(value: str) -> str:
    """Other people's words as an indented block, paragraph by paragraph."""
    paragraphs = (_one_line(paragraph) for paragraph in value.splitlines())
    return _Block("\n\n".join("\n".join(wrap(p, width=WIDTH, first=INDENT, rest=INDENT)) for p in paragraphs if p))


def _grouped(value: int) -> str:
    return f"{value:,}"


def _printed(value: object) -> object:
    """What a letter may show without a filter: a line of text or a number."""
    match value:
        case _Block() | StrictUndefined():
            return value
        case str():
            return _one_line(value)
        case int():
            return value
        case _:
            raise TemplateError(f"a {type(value).__name__} needs a filter before it can be shown")


def _environment(folder: Path, words: Words, shared: Mapping[str, object]) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_printed,
        autoescape=False,  # Letters are plain text: escaping for HTML would garble names.
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(shared, words=words)
    environment.filters.update(moment=words.at, place=words.place, quoted=_quoted, grouped=_grouped)
    return environment


def _load(environment: Environment, folder: str, name: LetterName) -> _Wording:
    """The letter's file, checked: a subject, then a comment that names clauses; no value that it is never given."""
    assert environment.loader is not None  # noqa: S101 - _environment has set it
    file = f"{name}.txt"
    try:
        source, _, _ = environment.loader.get_source(environment, file)
    except UnicodeDecodeError:
        raise FolderError(f"{folder}/{file}: it is not UTF-8") from None
    if not source.startswith(_SUBJECT):
        raise FolderError(f"{folder}/{file}: the first line must begin with {_SUBJECT!r}")
    purpose = _PURPOSE.fullmatch(source.partition("\n")[2].partition("\n")[0].strip())
    if not purpose or not clauses_in(purpose[1]):
        raise FolderError(
            f"{folder}/{file}: the second line must name its clauses, as in {{# N1: the user is told. #}}"
        )
    try:
        asked, pending = set[str](), [source]
        while pending:
            tree = environment.parse(pending.pop())
            asked |= meta.find_undeclared_variables(tree)
            parts = [part for part in meta.find_referenced_templates(tree) if part]
            pending += [environment.loader.get_source(environment, part)[0] for part in parts]
        template = environment.get_template(file)
    except TemplateNotFound:
        raise
    except TemplateError as error:
        raise FolderError(f"{folder}/{file}: {error}") from None
    if unknown := asked - set(CONTEXTS[name].model_fields) - set(environment.globals):
        raise FolderError(
            f"{folder}/{file}: it asks for {', '.join(sorted(unknown))}, which this letter is never given"
        )
    return _Wording(template, purpose[1])
