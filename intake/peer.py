"""Who handed a message over by SMTP: what SPF is asked about."""

from policy.frozen import Frozen


class SmtpPeer(Frozen):
    """The host at the other end: its IP address, the name in its HELO, and the MAIL FROM (empty for a bounce).

    Only `address` is known to be true; the other two are what the host said.
    """

    address: str
    helo: str = ""
    mail_from: str = ""
