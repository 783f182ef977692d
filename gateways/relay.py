"""Outgoing mail: one letter, one message, one attempt. Trying again is the caller's business.

Mail is at-least-once. When the line drops before the relay's answer to DATA is read, nobody knows whether it took the
letter, so it is sent again; the Message-ID is the same each time, which is how a mailbox knows a second copy.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from email.headerregistry import HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from activities.ports import OwedLetter, RelayRefused
from policy.letters import TO_USERS

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_HEADERS = HeaderRegistry()
# Left to itself the standard library folds a long id in these two headers into encoded words, and no reader finds it.
for _name in ("in-reply-to", "references"):
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type] # typeshed wants the base that it mixes in
# 7-bit, as not every relay takes 8-bit text. A line may be longer than 78, since a long subject would else begin on the
# second line of its header, and some mail programs then show none.
_POLICY = SMTP.clone(header_factory=_HEADERS, cte_type="7bit", max_line_length=200)

_TOO_LARGE = 552


class RelayUnavailable(OSError):
    """The relay cannot be reached now, or deferred the letter; worth another try. Holds no personal data."""


class SmtpRelay:
    """Keeps `MailRelay` with an SMTP server. Each letter has its own connection: letters are few, and sleep is long.

    Agencies' answers go to `intake_address` (S1), users' to `user_contact`.
    `starttls` requires an encrypted connection with a valid certificate. `timeout` is in seconds, for each command.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        mail_from: str,
        intake_address: str,
        user_contact: str,
        username: str | None = None,
        password: str | None = None,
        starttls: bool = False,
        timeout: float = 30.0,
    ) -> None:
        self._host, self._port, self._starttls, self._timeout = host, port, starttls, timeout
        self._mail_from, self._intake_address, self._user_contact = mail_from, intake_address, user_contact
        self._username, self._password = username, password

    async def send(self, owed: OwedLetter, attachments: Mapping[str, bytes]) -> None:
        """Send one letter. Returns when the relay has answered 250 to its content.

        Raises:
            RelayRefused: the relay will never take this letter (5xx to its recipient, size or content).
            RelayUnavailable: an OSError; the relay cannot be reached, does not let us in, or deferred the letter.
        """
        reply_to = self._user_contact if owed.letter.name in TO_USERS else self._intake_address
        message = compose(owed, attachments, mail_from=self._mail_from, reply_to=reply_to)
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            start_tls=self._starttls,
            timeout=self._timeout,
            local_hostname=self._mail_from.rpartition("@")[2],
        )
        # What the relay says can repeat an address, and what is raised here is shown in Temporal: so neither its words
        # nor the original error go on, only the code.
        try:
            await client.connect()
            await client.sendmail(self._mail_from, owed.letter.to, message.as_bytes())
        except SMTPDataError as error:
            raise _answer(owed, error.code) from None
        except SMTPRecipientsRefused as error:
            raise _answer(owed, error.recipients[0].code) from None
        except SMTPSenderRefused as error:
            # The sender is always ourselves, so its refusal is a matter of set-up and not of this letter, except that
            # the size is announced with it.
            if error.code == _TOO_LARGE:
                raise _answer(owed, error.code) from None
            raise RelayUnavailable(f"the mail relay does not take mail from us: it answered {error.code}") from None
        except SMTPResponseException as error:
            raise RelayUnavailable(f"the mail relay would not begin: it answered {error.code}") from None
        except (SMTPException, OSError) as error:
            raise RelayUnavailable(f"the mail relay cannot be reached: {type(error).__name__}") from None
        except ValueError:
            raise RelayRefused(f"letter {owed.id} has an address that cannot be given to a relay") from None
        else:
            # The letter has been taken. That the line drops during the farewell changes nothing.
            with suppress(SMTPException, OSError):
                await client.quit()
        finally:
            client.close()


def compose(owed: OwedLetter, attachments: Mapping[str, bytes], *, mail_from: str, reply_to: str) -> EmailMessage:
    """The message of a letter: plain text, and the same bytes for every try but for the boundary between its parts.

    Raises:
        ValueError: a header of the letter is malformed.
        KeyError: the bytes of an attachment are not there.
    """
    letter = owed.letter
    if not _MESSAGE_ID.fullmatch(owed.message_id):
        raise ValueError(f"letter {owed.id} has a malformed Message-ID")
    message = EmailMessage(policy=_POLICY)
    message["From"] = mail_from
    message["To"] = letter.to
    message["Reply-To"] = reply_to
    message["Subject"] = letter.subject
    message["Date"] = owed.written_at
    message["Message-ID"] = owed.message_id
    # RFC 3834: so that no vacation notice or other machine answers it.
    message["Auto-Submitted"] = "auto-generated" if letter.in_reply_to is None else "auto-replied"
    # The id that we answer is a stranger's: one that is not well formed is left out, and the letter goes all the same.
    if letter.in_reply_to is not None and _MESSAGE_ID.fullmatch(letter.in_reply_to):
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
    message.set_content(letter.body)
    for attachment in letter.attachments:
        name = "".join(character if character.isprintable() else "_" for character in attachment.name)
        subtype = "pdf" if name.lower().endswith(".pdf") else "octet-stream"
        message.add_attachment(attachments[attachment.sha256], maintype="application", subtype=subtype, filename=name)
    return message


def _answer(owed: OwedLetter, code: int) -> RelayRefused | RelayUnavailable:
    if code >= 500:
        return RelayRefused(f"the mail relay refused letter {owed.id} for good: it answered {code}")
    return RelayUnavailable(f"the mail relay deferred letter {owed.id}: it answered {code}")
