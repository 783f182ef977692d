"""The outgoing mail as its recipients have it."""

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that arrived. `to` is from the envelope: who really got it."""

    file: Path
    to: str
    subject: str
    message_id: str
    in_reply_to: str
    body: str
    attachments: dict[str, bytes]


class Letterbox:
    """Everything that the mail sink has taken, in the order of receipt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, Received] = {}

    def all(self) -> list[Received]:
        """Every letter until now."""
        for file in sorted(self._folder.glob("*.eml")):
            if file not in self._read:
                self._read[file] = _received(file)
        return list(self._read.values())

    def find(self, ref: str, begins: str, to: str | None = None) -> Received | None:
        """The latest letter of a case whose subject begins so, to anyone or to one address."""
        return next(
            (
                letter
                for letter in reversed(self.all())
                if letter.subject.startswith(begins) and letter.subject.endswith(ref) and to in (None, letter.to)
            ),
            None,
        )

    def count(self, ref: str) -> int:
        """How many letters a case has sent. A second copy of one, which mail allows, is the same letter."""
        return len({letter.message_id for letter in self.all() if letter.subject.endswith(ref)})


def _received(file: Path) -> Received:
    message = message_from_bytes(file.read_bytes(), policy=default)
    text = message.get_body(("plain",))
    return Received(
        file=file,
        to=str(message["X-Envelope-To"]),
        subject=str(message["Subject"]).strip(),  # A folded header may begin on its second line.
        message_id=str(message["Message-ID"]),
        in_reply_to=str(message["In-Reply-To"] or ""),
        body=text.get_content() if text is not None else "",
        attachments={part.get_filename("file"): part.get_content() for part in message.iter_attachments()},
    )
