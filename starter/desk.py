"""A person's desk: their signing key, the case before them, and the way a signed statement reaches its machine."""

import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import CaseFile
from ledger.roster import Roster
from policy.request import request_facts
from policy.scope import Scope, scope_of
from policy.statements import Ruling, SignedStatement
from runtime.connection import ANSWER_TIMEOUT
from runtime.services import Services
from runtime.settings import Settings
from starter.command import Exit, Trouble

_NAME = re.compile(r"\w[\w .'-]{0,79}")


def key_file(settings: Settings, name: str) -> Path:
    """Where this machine keeps a person's private key.

    Raises:
        Trouble: the name could not be a file's.
    """
    if not _NAME.fullmatch(name):
        raise Trouble(f"{name!r} is no name for the roster: letters, digits, spaces and . ' - only", Exit.MISUSED)
    return settings.state_dir / "keys" / f"{name.lower()}.pem"


def new_key(settings: Settings, name: str) -> Ed25519PrivateKey:
    """Make a person's key, readable by its owner alone.

    Raises:
        Trouble: there is one already: losing it would make old work unrepeatable, so it is never overwritten.
    """
    path = key_file(settings, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Trouble(f"{path} exists already and is not overwritten", Exit.MISUSED) from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return key


def read_key(settings: Settings, name: str, path: Path | None = None) -> Ed25519PrivateKey:
    """A person's private key.

    Raises:
        Trouble: there is none, or it is not an Ed25519 key.
    """
    file = path or key_file(settings, name)
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError:
        raise Trouble(
            f"There is no key {file}; `dueprocess reviewer add {name} --role …` makes one", Exit.MISUSED
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Trouble(f"{file} is not an unencrypted private key", Exit.MISUSED) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Trouble(f"{file} is not an Ed25519 key", Exit.MISUSED)
    return key


async def roster_id(services: Services, name: str) -> str:
    """The roster id of a person whose key is valid.

    Raises:
        Trouble: nobody of this name is on the roster.
    """
    signer = await Roster(services.engine).by_name(name)
    if signer is None:
        raise Trouble(f"{name} is not on the roster; `dueprocess reviewer list` shows who is", Exit.MISUSED)
    return signer.id


def scope_before(case: CaseFile) -> Scope:
    """The scope that a decision on this case is about now."""
    return scope_of(case.ref, request_facts(case.facts), case.review, case.kind)


def nonce() -> str:
    """What makes each statement new."""
    return secrets.token_urlsafe(18)


async def deliver(client: Client, workflow_id: str, signed: SignedStatement) -> Ruling:
    """Bring a statement to its machine and wait for the ruling.

    Raises:
        Trouble: no such machine is running.
        RPCError: no worker answers in time.
    """
    handle = client.get_workflow_handle(workflow_id)
    try:
        ruling: Ruling = await handle.execute_update("decide", signed, result_type=Ruling, rpc_timeout=ANSWER_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise Trouble(f"{workflow_id} is not running: the case is closed, or has no such notice") from error
        raise
    return ruling
