"""The embedded provider: a database of synthetic users that stands where a real provider's systems of record would."""

from gateways.provider.access import Act, ProviderAccess
from gateways.provider.records import ProviderRecords, RecordGoneError
from gateways.provider.seed import seed

__all__ = ["Act", "ProviderAccess", "ProviderRecords", "RecordGoneError", "seed"]
