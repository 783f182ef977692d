"""Letters from the provider folder's text files: plain, wrapped, and nothing in them but what the file asks for.

Values come from requests, so from strangers. A value can never start a new line: where a letter shows words of more
than one line (a reviewer's reason) they are set as an indented block. So no value can look like our own text, add a
header, or carry control characters.
"""

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ValidationError

from activities.record import Letter
from gateways.folder import read_text
from policy.folder import LETTERS, FolderError
from policy.letters import CONTEXTS, LetterName, Words
from policy.profile import ProviderProfile

WIDTH = 76
_INDENT = "  "
_SUBJECT = "Subject: "
_ENGLISH = "en"
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f@<>()\[\]\\,;:\"]{1,64}@[A-Za-z0-9.-]{1,255}")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class LetterError(ValueError):
    """A letter cannot be written. Names the letter and the field or file, never a value: it may end up in a log."""


class LetterTemplates:
    """Keeps `LetterWriter` with the files of a provider folder. Everything is read and checked once, when it is made.

    Raises:
        FolderError: a letter has no English file, or a file is malformed or asks for a value that it is never given.
    """

    def __init__(self, intake_address: str, provider: ProviderProfile, folder: Path) -> None:
        shared = {"provider": provider, "intake_address": intake_address}
        self._letters: dict[tuple[str, LetterName], Template] = {}
        languages = {path.parent.name for path in (folder / LETTERS).glob("*/words.toml")} | {_ENGLISH}
        for language in sorted(languages):
            file = f"{LETTERS}/{language}/words.toml"
            words = Words.read(file, read_text(folder, file), for_agencies=language == _ENGLISH)
            edition = _environment(folder / LETTERS / language, words, shared)
            for name in LetterName:
                try:
                    self._letters[language, name] = _load(edition, f"{LETTERS}/{language}", name)
                except TemplateNotFound as error:
                    if error.name != f"{name}.txt" or language == _ENGLISH:
                        raise FolderError(f"{LETTERS}/{language}/{error.name} is missing") from None

    def write(self, name: str, to: str, context: Mapping[str, object], language: str = _ENGLISH) -> Letter:
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
        template = self._letters.get((language, letter)) or self._letters[_ENGLISH, letter]
        try:
            text = template.render({field: getattr(about, field) for field in type(about).model_fields})
        except TemplateError as error:
            raise LetterError(f"{letter}: {error}") from None
        subject, _, body = text.partition("\n")
        return Letter(name=letter.value, to=to, subject=subject.removeprefix(_SUBJECT), body=fill(body))


def fill(text: str) -> str:
    """Wrap each paragraph and each item of a list at 76 characters; indented lines stay as they are."""
    blocks = (block.split("\n") for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip())
    return "\n\n".join("\n".join(_fill_block(lines)) for lines in blocks) + "\n"


def _fill_block(lines: list[str]) -> list[str]:
    filled: list[str] = []
    for lead, run in _runs(lines):
        if lead == _INDENT:
            filled.append(run.rstrip())
        else:
            hanging = " " * len(lead)
            filled += _wrap(run.removeprefix(lead), width=WIDTH, first=lead, rest=hanging)
    return filled


def _runs(lines: list[str]) -> list[tuple[str, str]]:
    """Lines joined into what is wrapped as one: each item and each indented line by itself, other text together."""
    runs: list[tuple[str, str]] = []
    for line in lines:
        lead = next((lead for lead in (_INDENT, "- ") if line.startswith(lead)), "")
        if not lead and runs and runs[-1][0] != _INDENT:
            runs[-1] = (runs[-1][0], f"{runs[-1][1]} {line.strip()}")
        else:
            runs.append((lead, line))
    return runs


def _wrap(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


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
    return _Block("\n\n".join("\n".join(_wrap(p, width=WIDTH, first=_INDENT, rest=_INDENT)) for p in paragraphs if p))


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
    environment.filters.update(moment=words.at, quoted=_quoted, grouped=_grouped)
    return environment


def _load(environment: Environment, folder: str, name: LetterName) -> Template:
    """The letter's file, checked: a subject on the first line, no value that the letter is never given."""
    assert environment.loader is not None  # noqa: S101 - _environment has set it
    file = f"{name}.txt"
    try:
        source, _, _ = environment.loader.get_source(environment, file)
    except UnicodeDecodeError:
        raise FolderError(f"{folder}/{file}: it is not UTF-8") from None
    if not source.startswith(_SUBJECT):
        raise FolderError(f"{folder}/{file}: the first line must begin with {_SUBJECT!r}")
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
    return template
