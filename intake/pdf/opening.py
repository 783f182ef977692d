"""A document for the libraries that read it, without a copy of it in this process."""

import ctypes
import mmap
import os
from typing import BinaryIO

import pypdfium2  # type: ignore[import-untyped] # it ships no type information


class Opened:
    """A document in a file that has no name (memfd): `file` for those that read a file, `pdfium` as memory.

    Its descriptor becomes this object's own. Make it before the limits are set: then nothing can be opened any more.
    """

    def __init__(self, descriptor: int) -> None:
        self.file: BinaryIO = os.fdopen(descriptor, "rb")
        pages = mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)  # ctypes takes only what could be written to.
        self._octets = (ctypes.c_char * len(pages)).from_buffer(pages)

    def __len__(self) -> int:
        return len(self._octets)

    def pdfium(self) -> pypdfium2.PdfDocument:
        """The document, opened anew.

        Raises:
            PdfiumError: it does not open.
        """
        return pypdfium2.PdfDocument(self._octets)


def in_memory(data: bytes) -> int:
    """A new file without a name that holds the data; returns its descriptor."""
    descriptor = os.memfd_create("document")
    with os.fdopen(descriptor, "wb", buffering=0, closefd=False) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
    return descriptor
