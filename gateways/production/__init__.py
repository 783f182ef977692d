"""Production: approved records as a package with its certificate of authenticity, and certificates of destruction."""

from gateways.production.certificates import TypesetCertifier
from gateways.production.contents import ProductionRefusedError
from gateways.production.packager import ProductionPackager

__all__ = ["ProductionPackager", "ProductionRefusedError", "TypesetCertifier"]
