"""Text of files: plain text, PDF, Word. Run as a program it reads a file from its input, under limits of its own."""

import codecs
import contextlib
import io
import resource
import sys
import zipfile
from collections.abc import Callable
from xml.etree.ElementTree import Element  # the type only; defusedxml reads

import pypdf
from charset_normalizer import from_bytes
from defusedxml.ElementTree import iterparse

MAX_TEXT_LENGTH = 100_000
MAX_SECONDS = 20
MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_PAGES = 300
FEW_BYTES = 100
# Of a document's one member that holds the text; a bomb ends here.
MAX_UNPACKED_BYTES = 30 * 1024 * 1024
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def plain_text(data: bytes) -> str:
    """The text of a text file in whatever charset."""
    head = data[: MAX_TEXT_LENGTH * 4]
    # A few words are too few to guess by: then what Chinese systems write by default goes first.
    for charset in ("utf-8-sig", "gb18030") if len(head) < FEW_BYTES else ("utf-8-sig",):
        with contextlib.suppress(UnicodeDecodeError):
            # Where the head was cut off, half a sign at its end is left out.
            return codecs.getincrementaldecoder(charset)().decode(head, final=len(head) == len(data))
    found = from_bytes(head).best()
    return str(found) if found else head.decode(errors="replace")


def pdf_text(data: bytes) -> str:
    """The text of a PDF's first pages."""
    found: list[str] = []
    for page in pypdf.PdfReader(io.BytesIO(data)).pages[:MAX_PAGES]:
        found.append(page.extract_text())
        if sum(map(len, found)) > MAX_TEXT_LENGTH:
            break
    return "\n".join(found)


def docx_text(data: bytes) -> str:
    """The text of a Word document, a line for each paragraph."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as member:
        unpacked = member.read(MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise ValueError("the document unpacks to more than may be")
    found: list[str] = []
    for _, element in iterparse(io.BytesIO(unpacked), forbid_dtd=True):
        _take(element, found)
    return "".join(found)


READERS: dict[str, Callable[[bytes], str]] = {
    **dict.fromkeys(("txt", "log", "csv", "md"), plain_text),
    "pdf": pdf_text,
    "docx": docx_text,
}
READABLE = tuple(READERS)


def _take(element: Element, found: list[str]) -> None:
    if element.tag == f"{WORD}t":
        found.append(element.text or "")
    elif element.tag in {f"{WORD}p", f"{WORD}br"}:
        found.append("\n")
    elif element.tag == f"{WORD}tab":
        found.append(" ")


def main() -> None:
    """Write the text of the file on the standard input, of the kind that is named, to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    text = READERS[sys.argv[1]](sys.stdin.buffer.read())
    # Halves of a pair that stands alone are no text that anybody could write down.
    sys.stdout.buffer.write(text[:MAX_TEXT_LENGTH].encode(errors="replace"))


if __name__ == "__main__":
    main()
