"""How the record's database is reached."""

import psycopg
from sqlalchemy import ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, application: str = "dueprocess", pool_size: int = 10) -> AsyncEngine:
    """An engine for `postgresql+psycopg://…`, in UTC. A lost connection raises; Temporal's activity retries try again.

    A client that stalls in a transaction (a paused worker) is cut off by the server after ten seconds: it would hold
    the chain's lock against everyone, and its late write must not land.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "application_name": application,
            "connect_timeout": 10,
            "options": "-c timezone=UTC -c idle_in_transaction_session_timeout=10s",
        },
    )
    event.listen(engine.sync_engine, "handle_error", _without_rows)
    return engine


def _without_rows(context: ExceptionContext) -> None:
    """Keep the rows of the record out of error messages, and so out of logs and of Temporal's failures.

    Postgres quotes the row that it refuses in the message's detail; what it refuses is in the first line.
    """
    original = context.original_exception
    if isinstance(original, psycopg.Error) and original.diag.message_primary:
        for error in (original, context.sqlalchemy_exception):
            if error is not None:
                error.args = (original.diag.message_primary,)
