"""The pages: downloads for agencies, appeals for users; for an operator, the outgoing mail and the Web UI's codec."""

from starter.pages.app import Appealable, AppealDesk, Codec, Download, Downloads, make_pages

__all__ = ["AppealDesk", "Appealable", "Codec", "Download", "Downloads", "make_pages"]
