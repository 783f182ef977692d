"""Ports on this machine: which are taken, and which are free."""

import socket
import time
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"


class PortTakenError(Exception):
    """Another program listens where the stack wants to."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(ports: Mapping[str, int]) -> None:
    """Check the port of each setting.

    Raises PortTakenError with a sentence for each port that is taken or asked for twice.
    """
    complaints = []
    wanted: dict[int, str] = {}
    for setting, port in ports.items():
        if port in wanted:
            complaints.append(f"{setting} and {wanted[port]} are both {port}: change one of them.")
        elif _is_taken(port):
            complaints.append(f"Port {port} is taken by another program: set {setting} to a free one.")
        wanted[port] = setting
    if complaints:
        raise PortTakenError("\n".join(complaints))


def _is_taken(port: int) -> bool:
    # The kernel needs a moment to take back the ports of a stack that was killed just now.
    deadline = time.monotonic() + 1
    while not _can_bind(port):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.05)
    return False


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
