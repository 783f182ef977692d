"""The pages: downloads for agencies and, on an operator's machine, the outgoing mail and the Web UI's codec."""

from starter.pages.app import Codec, Download, Downloads, make_pages

__all__ = ["Codec", "Download", "Downloads", "make_pages"]
