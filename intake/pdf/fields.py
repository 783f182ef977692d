"""The filled-in fields of a PDF's form, by their full names and pages."""

from collections.abc import Iterator

import pikepdf

_FIELD_LIMIT = 2000
_VALUE_LIMIT = 20_000
#: Characters of all values of a form together: several times what a full one of ours has.
_VALUES_LIMIT = 100_000
_DEPTH_LIMIT = 20
_HIDDEN, _NO_VIEW = 2, 32


def form_fields(pdf: pikepdf.Pdf) -> tuple[list[dict[str, object]], bool]:
    """The name, value and page (from 1) of each field that can be seen, and whether some were left out or cut short. A
    field that is not filled in has no value.

    A value that nobody sees on its page is none: what the form shows and what is read must be the same.
    """
    found: dict[str, dict[str, object]] = {}
    left, cut_short = _VALUES_LIMIT, False
    for number, page in enumerate(pdf.pages, 1):
        for widget in _widgets(page):
            name = ".".join(reversed([_text(step.T) for step in _ancestry(widget) if "/T" in step]))
            if name and name not in found:
                whole = _value(widget)
                value = whole[: min(_VALUE_LIMIT, left)]
                cut_short = cut_short or len(value) < len(whole)
                left -= len(value)
                found[name] = {"name": name, "value": value, "page": number}
            if len(found) == _FIELD_LIMIT:
                return list(found.values()), True
    return list(found.values()), cut_short


def _widgets(page: pikepdf.Page) -> Iterator[pikepdf.Dictionary]:
    annotations = page.obj.get("/Annots")
    for thing in annotations if isinstance(annotations, pikepdf.Array) else ():
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == pikepdf.Name.Widget:
            flags = thing.get("/F", 0)
            if isinstance(flags, int) and not flags & (_HIDDEN | _NO_VIEW):
                yield thing


def _ancestry(widget: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    """The widget, its field, and the fields above it."""
    step: pikepdf.Object | None = widget
    for _ in range(_DEPTH_LIMIT):
        if not isinstance(step, pikepdf.Dictionary):
            return
        yield step
        step = step.get("/Parent")


def _value(widget: pikepdf.Dictionary) -> str:
    value = next((step.V for step in _ancestry(widget) if "/V" in step), None)
    return _text(value)


def _text(value: object) -> str:
    """A string as text, also where it is not in the encoding that it says; empty for what is no string."""
    if not isinstance(value, pikepdf.String):
        return ""
    try:
        return str(value)
    except UnicodeDecodeError:
        return bytes(value).decode("utf-8", "replace")
