"""How a sender is proven here. By itself, so that `inspect` need not load what the other verbs work with."""

from intake.authentication.authenticator import Authenticator
from intake.authentication.resolvers import resolver_from
from policy.profile import ProviderProfile
from runtime.settings import Settings


def make_authenticator(settings: Settings, profile: ProviderProfile) -> Authenticator:
    """The checks of who sent a message, with the name system, addresses and forwarders that the settings name.

    Raises:
        ZoneFileError: the setting for the name system is a file, and not a zone file.
    """
    addresses = (settings.intake_address, profile.user_contact)
    return Authenticator(resolver_from(settings.dns), addresses, settings.sealers)
