"""PDFs that are signed, written in other languages, or made to harm whoever opens them."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from tests.intake.builders import deflated, good_pdf

_SINCE, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@cache
def _signer() -> signers.SimpleSigner:
    """An officer with a certificate of their own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "J. Moreno")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, _SINCE, _UNTIL)
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle = pkcs12.serialize_key_and_certificates(b"officer", key, certificate, None, NoEncryption())
    signer = signers.SimpleSigner.load_pkcs12_data(bundle, other_certs=[])
    assert isinstance(signer, signers.SimpleSigner)
    return signer


def signed(octets: bytes, field: str = "Officer") -> bytes:
    """The PDF with one more digital signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    meta = signers.PdfSignatureMetadata(field_name=field)
    target = signers.sign_pdf(writer, meta, signer=_signer())
    return bytes(target.getvalue())


def extended(octets: bytes) -> bytes:
    """The PDF with its first page changed by an incremental update: what was signed still stands in the file."""
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/UserUnit"] = writer.root["/Pages"]["/Count"]
    writer.update_container(page)
    return _updated(writer)


def with_a_field() -> bytes:
    """A subpoena with one form field, for a date of service."""

    def add(pdf: pikepdf.Pdf) -> None:
        box = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="served", Rect=[0, 0, 90, 20])
        field = pdf.make_indirect(box)
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return _changed(add)


def filled(octets: bytes) -> bytes:
    """The PDF with its form field filled in by an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    field = writer.root["/AcroForm"]["/Fields"][0]
    assert isinstance(field, DictionaryObject)
    field[pdf_name("/V")] = pdf_string("2026-11-03")
    writer.update_container(field)
    return _updated(writer)


def with_names_in_shift_jis() -> bytes:
    """A subpoena with a script, whose dictionary and font have names that are not UTF-8, as Japanese programs write."""

    def add(pdf: pikepdf.Pdf) -> None:
        action = pikepdf.Object.parse(b"<</S /JavaScript /JS (app.alert\\(1\\)) /\x82l /\x82r /Type /\x82l>>")
        pdf.Root.OpenAction = pdf.make_indirect(action)

    return _changed(add)


def huge_page() -> bytes:
    """A page of a mile by a foot."""
    pdf = pikepdf.new()
    pdf.add_blank_page().obj.MediaBox = Array([0, 0, 4_561_920, 864])
    return _saved(pdf)


def forged(octets: bytes) -> bytes:
    """The signed PDF with one byte of what was signed changed in place."""
    at = octets.index(b"/MediaBox")
    return octets[: at + 1] + b"mediaBox" + octets[at + 9 :]


def with_archive() -> bytes:
    """A PDF that a ZIP program opens as an archive: the archive stands in an object of the PDF."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("run.exe", b"MZ")
    tail = b"\n99 0 obj <<>> stream\n" + archive.getvalue()
    rest = b"\nendstream endobj\n%%EOF\n"
    return good_pdf() + tail[:-2] + len(rest).to_bytes(2, "little") + rest


def with_page_of_the_web() -> bytes:
    """A PDF with a page of the web after its end."""
    return good_pdf() + b"\n<html><script>alert(1)</script></html>"


def written(*lines: str) -> bytes:
    """A page with these lines of text, which have no parentheses."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    page.obj.Resources = Dictionary(Font=Dictionary(F=font))
    shown = b"".join(b"(" + line.encode("cp1252") + b") Tj T* " for line in lines)
    page.obj.Contents = pikepdf.Stream(pdf, b"BT /F 11 Tf 14 TL 72 720 Td " + shown + b"ET")
    return _saved(pdf)


def certificate(heading: str = "DECLARATION OF CUSTODIAN OF RECORDS") -> bytes:
    """A certificate for the custodian of records to complete, with lines that would be facts in legal process."""
    return written(
        "CIRCUIT COURT OF SPRINGFIELD COUNTY",
        heading,
        "Legal process: subpoena",
        "Case number: OTHER-77",
        "User email: nobody.meant@example.org",
        "I, ____________________, declare under penalty of perjury that I am the custodian of records of",
        "____________________, and that the records were made in the regular course of business.",
        "Name: ____________________",
        "Signature: ____________________",
    )


def acting(octets: bytes) -> bytes:
    """The PDF with a script that runs when it opens."""
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        return _saved(pdf)


def joined(*documents: bytes) -> bytes:
    """One PDF with the pages of all."""
    pdf = pikepdf.new()
    for octets in documents:
        with pikepdf.open(io.BytesIO(octets)) as part:
            pdf.pages.extend(part.pages)
    return _saved(pdf)


def xfa_pdf() -> bytes:
    """A subpoena with an XFA form, which shows in some programs what it does not show in others."""

    def add(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp:xdp/>"))

    return _changed(add)


def pixel_bomb() -> bytes:
    """A page with four images of ten thousand million pixels each: more than can be drawn in time."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    packed, images = deflated(bytes(1_000_000), 1250), Dictionary()
    for name in ("/Im0", "/Im1", "/Im2", "/Im3"):
        image = images[name] = pikepdf.Stream(pdf, packed)
        image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.FlateDecode
        image.Width, image.Height, image.BitsPerComponent, image.ColorSpace = 100_000, 100_000, 1, Name.DeviceGray
    page.obj.Resources = Dictionary(XObject=images)
    page.obj.Contents = pikepdf.Stream(pdf, b"q 200 0 0 200 0 0 cm /Im0 Do /Im1 Do /Im2 Do /Im3 Do Q")
    target = io.BytesIO()
    pdf.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return target.getvalue()


def xref_bomb() -> bytes:
    """A cross-reference table that says it has two thousand million entries."""
    octets = good_pdf()
    return octets[: octets.rindex(b"startxref")] + (
        b"xref\n0 2147483646\n0000000000 65535 f \ntrailer <</Size 2147483647 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % octets.rindex(b"startxref")
    )


def object_stream_bomb() -> bytes:
    """An object stream that says it has a thousand million objects and unpacks to half a gigabyte."""
    packed = deflated(b"1 0 " * 250_000, 500)
    first = b"%PDF-1.7\n"
    stream = (
        b"5 0 obj <</Type/ObjStm /N 1000000000 /First 9 /Filter/FlateDecode /Length %d>> stream\n" % len(packed)
        + packed
        + b"\nendstream endobj\n"
    )
    rest = (
        b"1 0 obj <</Type/Catalog /Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages /Count 1 /Kids[3 0 R]>> endobj\n"
        b"3 0 obj <</Type/Page /Parent 2 0 R /MediaBox[0 0 9 9] /Contents 7 0 R>> endobj\n"
        b"trailer <</Size 9 /Root 1 0 R>>\n%%EOF"
    )
    return first + stream + rest


def deep_pdf() -> bytes:
    """An array in an array in an array, fifty thousand deep."""
    return good_pdf().replace(b"trailer", b"9 0 obj " + b"[" * 50_000 + b"]" * 50_000 + b" endobj\ntrailer", 1)


def _updated(writer: IncrementalPdfFileWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)  # type: ignore[no-untyped-call] # pyHanko gives it no types
    return target.getvalue()


def _changed(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(good_pdf())) as pdf:
        change(pdf)
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return target.getvalue()
