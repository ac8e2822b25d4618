"""A stranger's bytes become an XML tree, or are refused: the first thing that touches an uploaded file.

Decides what is safe to look at: size, no document type (so no entities, no expansion, no file or network access), well
formed, BPMN 2.0. Knows nothing of what the diagram means. libxml2 itself refuses elements nested deeper than 256 and
texts over 10 MB, since `huge_tree` is off. Comments and processing instructions are dropped.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.errors import DefinitionError

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
JIBAN = "urn:jiban:bpmn:1"
MAX_BYTES = 2 * 1024 * 1024
_ROOT = re.compile(rb"<[A-Za-z_:\x80-\xff]")

Element = Any  # lxml has no types of its own; every element here is an lxml element


def read(data: bytes, name: str) -> Element:
    """The root element `definitions` of a BPMN 2.0 file. Raises DefinitionError with one diagnostic."""
    if len(data) > MAX_BYTES:
        raise _refused(name, "too_large", None, f"the file has {len(data):,} bytes, more than {MAX_BYTES:,}",
                       "split the diagram into processes that call each other")
    if _has_document_type(data):
        raise _document_type(name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as wrong:
        line = wrong.lineno if wrong.lineno and wrong.lineno > 0 else None
        raise _refused(name, "not_xml", line, f"the file is not well-formed XML: {wrong.msg or 'it is empty'}",
                       "export it again from the diagram editor") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type(name)
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refused(name, "not_bpmn", root.sourceline, f"the file is not BPMN 2.0: its root is {_short(root)}",
                       f"the root must be <definitions> in the namespace {BPMN}")
    return root


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: Element) -> str:
    """The element's namespace, "" for none."""
    return str(etree.QName(element).namespace or "")


def children(element: Element, *names: str) -> list[Element]:
    """The BPMN child elements, of these names if any are given, in document order."""
    return [child for child in element if namespace(child) == BPMN and (not names or local(child) in names)]


def child(element: Element, name: str) -> Element | None:
    """The first BPMN child element of this name; None when there is none."""
    return next(iter(children(element, name)), None)


def text_of(element: Element | None) -> str:
    """The whole text inside an element, stripped; "" for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def extensions(element: Element) -> list[Element]:
    """What stands in the element's extensionElements."""
    return [inner for box in children(element, "extensionElements") for inner in box if isinstance(inner.tag, str)]


def _has_document_type(data: bytes) -> bool:
    """Before anything is parsed; the zero bytes go so that UTF-16 is seen too."""
    plain = data.replace(b"\0", b"")
    root = _ROOT.search(plain)
    return b"<!DOCTYPE" in plain[:root.start() if root else len(plain)]


def _document_type(name: str) -> DefinitionError:
    return _refused(name, "document_type", 1, "the file declares a document type (DTD), which could hold entities",
                    "remove the <!DOCTYPE …>; BPMN needs none")


def _short(root: Element) -> str:
    return f"<{local(root)[:60]}> in {f'“{namespace(root)[:90]}”' if namespace(root) else 'no namespace'}"


def _refused(name: str, code: str, line: int | None, message: str, hint: str) -> DefinitionError:
    return DefinitionError(name, [Diagnostic(code=code, severity=Severity.ERROR, element=None, line=line,
                                             message=message, hint=hint)])
