"""Mail and PDFs made by hand, as hostile or as odd as a test needs them."""

import base64
import io
import zlib
from collections.abc import Callable, Iterable

import pikepdf

from starter.samples import SampleProcess, SampleRequest, document

OFFICER = "j.moreno@police.springfield.gov.example"
SUBPOENA = SampleRequest(process=SampleProcess.SUBPOENA)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def mail(
    body: bytes = b"Agency: Springfield Police Department\r\n",
    *attachments: tuple[str, bytes],
    sender: bytes = b"From: " + OFFICER.encode(),
    headers: bytes = b"",
    kind: bytes = b"text/plain; charset=utf-8",
) -> bytes:
    """A message with a text part and these attachments (name, bytes); every header can be as broken as wanted."""
    head = sender + b"\r\nSubject: request\r\nMessage-ID: <1@test.example>\r\nDate: Mon, 2 Nov 2026 15:04:00 +0000\r\n"
    head += headers + b"Content-Type: multipart/mixed; boundary=edge\r\n\r\n"
    parts = [b"Content-Type: " + kind + b"\r\n\r\n" + body]
    for name, octets in attachments:
        parts.append(
            b'Content-Type: application/pdf; name="' + name.encode() + b'"\r\nContent-Transfer-Encoding: base64\r\n'
            b"Content-Disposition: attachment\r\n\r\n" + base64.encodebytes(octets)
        )
    return head + b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def good_pdf() -> bytes:
    """A subpoena with text."""
    return document(SUBPOENA)


def encrypted_pdf(user: str) -> bytes:
    """A subpoena that asks for a password, or with an empty one, only restricts its use."""
    return _changed(lambda pdf: None, pikepdf.Encryption(owner="owner", user=user))


def javascript_pdf() -> bytes:
    """A subpoena that runs a script when it opens; the script hides in a compressed object stream."""

    def add(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pdf.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        )

    return _changed(add)


def launch_pdf() -> bytes:
    """A subpoena whose page starts a program."""

    def add(pdf: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=action)

    return _changed(add)


def embedding_pdf() -> bytes:
    """A subpoena with a file inside."""

    def add(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["payload.bin"] = b"MZ"

    return _changed(add)


def image_pdf() -> bytes:
    """A scan: one page with an image and no text."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    image = pikepdf.Stream(pdf, b"\x00" * 100)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = 10, 10, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.obj.Contents = pikepdf.Stream(pdf, b"q 200 0 0 200 0 0 cm /Im0 Do Q")
    return _saved(pdf)


def drawn_pdf(words: Iterable[tuple[int, int, str]]) -> bytes:
    """One page with words at their places: points from the left and from the bottom."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    drawn = "".join(f"BT /F1 11 Tf {left} {up} Td ({text}) Tj ET " for left, up, text in words)
    page.obj.Contents = pikepdf.Stream(pdf, drawn.encode("latin-1"))
    return _saved(pdf)


def bomb_pdf() -> bytes:
    """One page whose content is a gigabyte of drawing, deflated twice to a few kilobytes."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    content = pikepdf.Stream(pdf, zlib.compress(deflated(b"0 0 m 9 9 l S " * 75_000, 1000), 9))
    content.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    page.obj.Contents = content
    target = io.BytesIO()
    pdf.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return target.getvalue()


def deflated(octets: bytes, times: int) -> bytes:
    """The octets, that many times over, deflated: made by repeating one block, which takes little time."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(octets) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(times):
        checksum = zlib.adler32(octets, checksum)
    return b"\x78\xda" + block * times + packer.flush() + checksum.to_bytes(4, "big")


def _changed(change: Callable[[pikepdf.Pdf], None], encryption: pikepdf.Encryption | None = None) -> bytes:
    with pikepdf.open(io.BytesIO(good_pdf())) as pdf:
        change(pdf)
        return _saved(pdf, encryption)


def _saved(pdf: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    target = io.BytesIO()
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=encryption or False)
    return target.getvalue()
