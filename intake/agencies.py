"""The agency directory that ships with the product: fictional agencies, for trying it out."""

from importlib.resources import files

from policy.directory import AgencyDirectory


def sample_agencies() -> AgencyDirectory:
    """The shipped directory. Its domains lie under .example (RFC 2606), so that none can ever be anyone's."""
    return AgencyDirectory.read((files("policy") / "data" / "agencies.csv").read_text("utf-8"))
