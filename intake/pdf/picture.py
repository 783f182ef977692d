"""One page as a picture, for the eyes of a person (S2: a signature, a seal, a scan)."""

import io

import pypdfium2  # type: ignore[import-untyped] # it ships no type information

from intake.pdf.opening import Opened

#: 150 dots an inch, and no side longer than this, however large the page says it is.
_SCALE = 150 / 72
_LONGEST_SIDE = 2200


def picture(opened: Opened, page: int) -> bytes:
    """The page (from 1) as PNG, filled-in form fields and annotations included; empty where there is none such."""
    try:
        document = opened.pdfium()
        if not 1 <= page <= len(document):
            return b""
        document.init_forms()
        shown = document[page - 1]
        scale = min(_SCALE, _LONGEST_SIDE / max(*shown.get_size(), 1))
        image = shown.render(scale=scale, may_draw_forms=True).to_pil()
    except (pypdfium2.PdfiumError, ValueError):  # ValueError: a page too thin to have a pixel.
        return b""
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
