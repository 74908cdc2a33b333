"""One small, real file of every format, made by the libraries that write them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import zipfile
from functools import cache

from tests.fixtures.pdf_files import pdf_of_lines

FIRST = "A ribeira leva auga todo o ano, e os muíños moen de noite."
SECOND = "No inverno ninguén pasa pola ponte vella sen unha luz."


def html(head: str = "", body: str = f"<p>{FIRST}</p><p>{SECOND}</p>", lang: str = "gl") -> bytes:
    """A page with a menu, an article and a footer."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>O río | Sitio'
        f"</title>{head}</head><body><nav><ul><li><a href='/'>Inicio</a></li><li><a href='/m'>"
        f"Contacto</a></li></ul></nav><main><article><h1>O río</h1>{body}</article></main>"
        "<footer><p>Todos os dereitos reservados</p></footer></body></html>"
    ).encode()


def pdf(*pages: str) -> bytes:
    """A PDF of the shortest kind: one line of Latin-1 text a page."""
    return pdf_of_lines(*([(12.0, page)] if page else [] for page in pages))


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(FIRST))))
    writer.encrypt("segredo", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx() -> bytes:
    """A heading, a paragraph, a table and another paragraph."""
    import docx as library

    document = library.Document()
    document.core_properties.language = "gl-ES"
    document.add_heading("O río", 1)
    document.add_paragraph(FIRST)
    table = document.add_table(2, 2)
    for index, text in enumerate(("mes", "caudal", "xaneiro", "alto")):
        table.cell(index // 2, index % 2).text = text
    document.add_paragraph(SECOND)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def odt() -> bytes:
    """The same as `docx`, with a tab, two spaces and a note."""
    from odf.dc import Language
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import H, Note, NoteBody, P, S, Tab

    document = OpenDocumentText()
    document.meta.addElement(Language(text="gl-ES"))
    document.text.addElement(H(outlinelevel=1, text="O río"))
    paragraph = P(text="Leva")
    paragraph.addElement(S(c=2))
    paragraph.addText("auga")
    paragraph.addElement(Tab())
    paragraph.addText("fría")
    note = Note(noteclass="footnote")
    note.addElement(body := NoteBody())
    body.addElement(P(text="unha nota"))
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    table = Table()
    for texts in (("mes", "caudal"), ("xaneiro", "alto")):
        table.addElement(row := TableRow())
        for text in texts:
            row.addElement(cell := TableCell())
            cell.addElement(P(text=text))
    document.text.addElement(table)
    document.text.addElement(P(text=SECOND))
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


_CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'version="1.0"><rootfiles><rootfile full-path="{path}" '
    'media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:language>gl</dc:language>'
    "<dc:date>1998</dc:date></metadata><manifest>"
    '<item id="b" href="dous.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="un%20.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="c" href="x.css" media-type="text/css"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)


def epub(locked: str | None = None, package: str = "OEBPS/x.opf") -> bytes:
    """Two chapters, stored in the other order; `locked` names an encrypted entry."""
    chapter = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{}</p></body></html>'
    entries = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER.format(path=package),
        "OEBPS/x.opf": _PACKAGE,
        "OEBPS/dous.xhtml": chapter.format(SECOND),
        "OEBPS/un .xhtml": chapter.format(FIRST),
    }
    if locked:
        entries["META-INF/encryption.xml"] = (
            '<encryption xmlns="x" xmlns:enc="y"><enc:EncryptedData><enc:CipherData>'
            f'<enc:CipherReference URI="{locked}"/></enc:CipherData></enc:EncryptedData>'
            "</encryption>"
        )
    return zipped(entries)


def zipped(entries: dict[str, str | bytes]) -> bytes:
    """A zip archive of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def warc_record(
    number: int,
    body: bytes,
    http: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n",
    kind: str = "response",
) -> bytes:
    """One record as a crawler writes it."""
    block = http.encode() + b"\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:0000-{number}>\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warc() -> bytes:
    """Two pages, a picture and an error page."""
    png = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
    missing = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n"
    plain = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Robots-Tag: noindex, noai\r\n"
    return b"".join(
        [
            warc_record(1, html()),
            warc_record(2, b"\x89PNG", png),
            warc_record(3, html(), missing),
            warc_record(4, SECOND.encode(), plain),
        ]
    )


WIKI = f"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="gl">
<siteinfo><dbname>glwiki</dbname><base>https://gl.wikipedia.org/wiki/Portada</base></siteinfo>
<page><title>Río Miño</title><ns>0</ns><id>7</id><revision>
<timestamp>2024-01-02T03:04:05Z</timestamp><model>wikitext</model>
<text>{{{{Info|a={{{{b}}}}}}}}'''{FIRST}'''&lt;ref&gt;
L&lt;/ref&gt; [[Lugo|a cidade]]
== Historia ==
* {SECOND}
[[Categoría:Ríos]]</text></revision></page>
<page><title>Miño</title><ns>0</ns><id>8</id><redirect title="Río Miño"/><revision>
<text>#REDIRECT [[Río Miño]]</text></revision></page>
<page><title>Conversa:Río</title><ns>1</ns><id>9</id><revision><text>ola</text></revision></page>
</mediawiki>""".encode()

PO = f"""# comentario
msgid ""
msgstr ""
"Language: gl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

#: a.c:1
msgctxt "menu"
msgid "The river "
"runs"
msgstr "O río corre \\"ben\\"\\n"

#, fuzzy
msgid "Open"
msgstr "Pechar"

msgid "Save"
msgstr ""
msgid "one %d"
msgid_plural "many %d"
msgstr[0] "un %d"
msgstr[1] "{SECOND}"
""".encode()

TMX = f"""<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4">
<header srclang="en"/><body><tu><tuv xml:lang="en"><seg>A <bpt i="1">&lt;b></bpt>river<ept i="1"/>
</seg></tuv><tuv xml:lang="GL-es"><seg>{FIRST}</seg></tuv></tu></body></tmx>""".encode()

CONLLU = """# newdoc id = conto
# sent_id = 1
# text = Leva auga.
1\tLeva\tlevar\tVERB\t_\t_\t0\troot\t_\t_
2\tauga\tauga\tNOUN\t_\t_\t1\tobj\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_

1-2\tdo\t_\t_\t_\t_\t_\t_\t_\t_
1\tde\tde\tADP\t_\t_\t3\tcase\t_\t_
2\to\to\tDET\t_\t_\t3\tdet\t_\t_
3\trío\trío\tNOUN\t_\t_\t0\troot\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\t_

# newdoc id = outro
# text = Fin.
1\tFin\tfin\tNOUN\t_\t_\t0\troot\t_\t_
""".encode()


def json_lines(count: int = 3) -> bytes:
    """Rows as corpora have them."""
    rows = [{"id": f"d{i}", "text": f"{FIRST} {i}", "title": "x"} for i in range(count)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def parquet() -> bytes:
    """Two rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"text": [FIRST, SECOND], "id": ["a", "b"]}), out)
    return out.getvalue()


@cache
def samples() -> dict[str, bytes]:
    """File name -> content, one for each format and some compressions."""
    import zstandard

    return {
        "a.txt": FIRST.encode(), "a.md": f"# O río\n\n{FIRST}".encode(),
        "a.jsonl": json_lines(), "a.jsonl.zst": zstandard.compress(json_lines(50)),
        "a.jsonl.gz": gzip.compress(json_lines(50)), "a.parquet": parquet(),
        "a.csv": f'id,text,language\n1,"{FIRST}",gl\n2,"a ""b""\nc",es\n'.encode(),
        "a.tsv": f"text\tid\n{FIRST}\t1\n".encode(),
        "a.html": html(), "a.pdf": pdf("O rio (leva) auga", "Outra paxina"),
        "a.docx": docx(), "a.odt": odt(), "a.epub": epub(),
        "a.warc": warc(), "a.warc.gz": gzip.compress(warc()),
        "a.xml": WIKI, "a.xml.bz2": bz2.compress(WIKI),
        "a.po": PO, "a.tmx": TMX, "a.conllu": CONLLU,
    }  # fmt: skip
