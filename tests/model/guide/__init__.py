"""The policy told a second time: what must, and what must not, have become of a case.

It shares nothing with the product but the words for verdicts and outcomes, so that the two agree only where both are
right. Instants are in UTC; where it says `now`, it is told.
"""

from tests.model.guide.disclosure import Disclosure
from tests.model.guide.hold import Hold
from tests.model.guide.mail import Mail, What
from tests.model.guide.people import Says
from tests.model.guide.restriction import Restriction

Model = Disclosure | Restriction | Hold

__all__ = ["Disclosure", "Hold", "Mail", "Model", "Restriction", "Says", "What"]
