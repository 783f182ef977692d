"""The one way to reach Temporal: one data converter for worker, starters, tests, replays and the codec endpoint."""

import dataclasses
from datetime import timedelta

from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfigProfile
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from runtime.codec import EncryptionCodec, KeyRing, KeyRingError
from runtime.settings import Settings

#: How long a command waits for an answer that needs a live worker.
ANSWER_TIMEOUT = timedelta(seconds=15)


class TemporalUnreachable(ConnectionError):
    """Temporal does not answer. The message is a sentence for people."""


def data_converter(settings: Settings) -> DataConverter:
    """Pydantic models, encrypted (AES-GCM) unless the settings turn it off; failures are encrypted with them.

    Raises:
        KeyRingError: encryption is on and the keys are missing or malformed.
    """
    if not settings.codec_enabled:
        return pydantic_data_converter
    if settings.codec_keys is None:
        raise KeyRingError("DUEPROCESS_CODEC_KEYS is not set; the embedded stack brings its own: is it up (make up)?")
    keys = KeyRing.parse(settings.codec_keys.get_secret_value())
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    settings: Settings, *, interceptors: tuple[Interceptor, ...] = (), runtime: Runtime | None = None
) -> Client:
    """A client of the Temporal that the settings name: by profile, with its TLS and API key, or by plain address.

    Raises:
        TemporalUnreachable: nobody answers there.
    """
    converter = data_converter(settings)
    try:
        if settings.temporal_profile is not None:
            config = ClientConfigProfile.load(profile=settings.temporal_profile).to_client_connect_config()
            return await Client.connect(**config, data_converter=converter, interceptors=interceptors, runtime=runtime)
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=converter,
            interceptors=interceptors,
            runtime=runtime,
        )
    except (RPCError, RuntimeError, OSError) as error:
        where = settings.temporal_profile or settings.temporal_address
        raise TemporalUnreachable(f"Temporal at {where} does not answer; is the stack up (make up)?") from error
