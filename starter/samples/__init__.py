"""Synthetic requests, as real mail with real PDFs: what the tour and the tests send."""

from starter.samples.document import document
from starter.samples.emergency import SampleEmergency, emergency_mail
from starter.samples.mail import sample_mail
from starter.samples.request import SampleCertificate, SampleProcess, SampleRequest, SampleRestriction

__all__ = [
    "SampleCertificate",
    "SampleEmergency",
    "SampleProcess",
    "SampleRequest",
    "SampleRestriction",
    "document",
    "emergency_mail",
    "sample_mail",
]
