"""The few files that customers and agents attach: drawn and written here, so that nothing is copied from anywhere."""

import random
import struct
import zlib
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 320
Colour = tuple[int, int, int]
GREY, DARK, WHITE, BROWN = (200, 204, 208), (52, 58, 64), (246, 247, 248), (186, 140, 92)
BLUE, RED, FLOOR, GREEN = (104, 160, 214), (206, 62, 52), (148, 124, 104), (58, 150, 90)
# Segments of a digit, as a rating plate's display shows them: x, y, width, height in units.
SEGMENTS = {
    "a": (1, 0, 4, 1),
    "b": (5, 1, 1, 4),
    "c": (5, 6, 1, 4),
    "d": (1, 10, 4, 1),
    "e": (0, 6, 1, 4),
    "f": (0, 1, 1, 4),
    "g": (1, 5, 4, 1),
}
GLYPHS = {"E": "adefg", "4": "bcfg", "5": "acdfg", "2": "abdeg"}


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file with its bytes."""

    name: str
    type: str
    data: bytes


class Canvas:
    """A small picture made of rectangles."""

    def __init__(self, background: Colour) -> None:
        self._rows = [bytearray(bytes(background) * WIDTH) for _ in range(HEIGHT)]

    def rectangle(self, left: int, top: int, width: int, height: int, colour: Colour) -> None:
        """Fill a rectangle; what lies outside is cut off."""
        left, right = max(0, left), min(WIDTH, left + width)
        if right <= left:
            return
        piece = bytes(colour) * (right - left)
        for row in self._rows[max(0, top) : min(HEIGHT, top + height)]:
            row[left * 3 : right * 3] = piece

    def crack(self, rng: random.Random, x: int, y: int, steps: int) -> None:
        """Draw a crack that wanders downwards."""
        for _ in range(steps):
            self.rectangle(x, y, 2, 5, DARK)
            x, y = x + rng.randrange(-5, 6), y + 4

    def digits(self, text: str, left: int, top: int, unit: int, colour: Colour) -> None:
        """Write a code as a seven-segment display would."""
        for place, glyph in enumerate(text):
            for segment in GLYPHS[glyph]:
                x, y, width, height = SEGMENTS[segment]
                self.rectangle(left + (place * 8 + x) * unit, top + y * unit, width * unit, height * unit, colour)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        raw = b"".join(b"\0" + bytes(row) for row in self._rows)
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def draw_files() -> dict[str, DemoFile]:
    """All files by the names that scenes use."""
    rng = random.Random(915)
    return {
        "box": _picture("IMG_2041.png", _box(rng)),
        "panel": _picture("dent.png", _panel(rng)),
        "leak": _picture("under_sink.png", _leak()),
        "code": _picture("display.png", _display("E4")),
        "manual": _picture("manual_M-0915_p4.png", _manual()),
        "plate": _picture("rating_plate.png", _plate()),
        "payment": _picture("screenshot_payment.png", _payment()),
        "invoice": DemoFile("e-invoice.pdf", "application/pdf", write_pdf(INVOICE_LINES)),
        "quote": DemoFile("quotation.pdf", "application/pdf", write_pdf(QUOTE_LINES)),
        "letter": DemoFile("reply_letter.pdf", "application/pdf", write_pdf(LETTER_LINES)),
        "log": DemoFile("pairing_log.txt", "text/plain", PAIRING_LOG.encode()),
    }


INVOICE_LINES = ("LANJIA APPLIANCES  -  E-INVOICE (DEMO)", "Item: household appliance   Qty: 1", "Tax rate: 13 %")
QUOTE_LINES = (
    "LANJIA APPLIANCES  -  QUOTATION (DEMO)",
    "Units as discussed, delivery in two lots",
    "Valid for 14 days",
)
LETTER_LINES = ("LANJIA APPLIANCES  -  REPLY (DEMO)", "We have looked into your case and regret", "what happened.")
PAIRING_LOG = """\
12:04:11 scan start, 2.4 GHz
12:04:14 device found, rssi -71
12:04:15 key exchange ok
12:04:31 wlan join timeout (reason 15: 4-way handshake)
12:04:31 pairing failed, code 0x2F
"""


def write_pdf(lines: tuple[str, ...]) -> bytes:
    """Write a one-page PDF of plain lines."""
    shown = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj 0 -24 Td" for line in lines)
    stream = f"BT /F1 14 Tf 60 760 Td {shown} ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end)


def _picture(name: str, canvas: Canvas) -> DemoFile:
    return DemoFile(name, "image/png", canvas.png())


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _box(rng: random.Random) -> Canvas:
    canvas = Canvas(GREY)
    canvas.rectangle(0, 250, WIDTH, 70, FLOOR)
    canvas.rectangle(110, 50, 260, 220, BROWN)
    canvas.rectangle(225, 50, 30, 220, (214, 190, 150))
    for step in range(30):
        canvas.rectangle(370 - step * 2, 200 + step * 2, step * 2, 2, (96, 70, 44))
    canvas.crack(rng, 300, 90, 30)
    return canvas


def _panel(rng: random.Random) -> Canvas:
    canvas = Canvas(WHITE)
    canvas.rectangle(60, 20, 360, 290, GREY)
    for inset in range(0, 40, 4):
        shade = 190 - inset * 2
        canvas.rectangle(200 + inset, 130 + inset // 2, 110 - inset * 2, 70 - inset, (shade, shade, shade + 4))
    canvas.crack(rng, 250, 60, 18)
    return canvas


def _leak() -> Canvas:
    canvas = Canvas((226, 220, 210))
    canvas.rectangle(0, 230, WIDTH, 90, FLOOR)
    canvas.rectangle(180, 60, 120, 170, WHITE)
    canvas.rectangle(200, 80, 80, 14, BLUE)
    canvas.rectangle(230, 20, 8, 40, BLUE)
    for drop in range(5):
        canvas.rectangle(306, 150 + drop * 18, 4, 9, BLUE)
    for ring in range(6):
        canvas.rectangle(190 - ring * 18, 262 - ring * 4, 160 + ring * 30, 8, (BLUE[0] + ring * 6, BLUE[1], BLUE[2]))
    return canvas


def _display(code: str) -> Canvas:
    canvas = Canvas(GREY)
    canvas.rectangle(100, 70, 280, 180, DARK)
    canvas.digits(code, 170, 100, 11, RED)
    return canvas


def _manual() -> Canvas:
    canvas = Canvas((120, 112, 104))
    canvas.rectangle(90, 10, 300, 300, WHITE)
    for line in range(7):
        canvas.rectangle(115, 30 + line * 12, 250 - (line % 3) * 40, 4, GREY)
    canvas.rectangle(190, 140, 100, 120, GREY)
    canvas.rectangle(140, 170, 50, 8, BLUE)
    canvas.rectangle(290, 170, 50, 8, RED)
    canvas.rectangle(120, 280, 90, 10, DARK)
    return canvas


def _plate() -> Canvas:
    canvas = Canvas(GREY)
    canvas.rectangle(70, 60, 340, 200, WHITE)
    canvas.rectangle(70, 60, 340, 34, DARK)
    for line in range(6):
        canvas.rectangle(90, 112 + line * 22, 120, 7, DARK)
        canvas.rectangle(240, 112 + line * 22, 150 - (line % 3) * 30, 7, DARK)
    return canvas


def _payment() -> Canvas:
    canvas = Canvas(WHITE)
    canvas.rectangle(0, 0, WIDTH, 46, GREEN)
    for line in range(2):
        canvas.rectangle(30, 80 + line * 100, 420, 80, (236, 240, 238))
        canvas.rectangle(50, 100 + line * 100, 160, 10, DARK)
        canvas.rectangle(330, 108 + line * 100, 90, 16, RED)
    return canvas
