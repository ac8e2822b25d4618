"""Which other processes a published file calls, without reading what it means: for lists of many files.

What a file *may* call is decided in `check`; here a file that has passed it is only looked through.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definitions.reader import BPMN, JIBAN, extensions, local, namespace, read


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Ids of processes outside the file: `calls` run within its cases, `opens` as child cases."""

    calls: frozenset[str]
    opens: frozenset[str]


def references(data: bytes, *, file: str) -> References:
    """As `Definition.calls` and `Definition.opens` have them. Raises DefinitionError for what is no BPMN file."""
    root = read(data, file)
    own = {str(element.get("id")) for element in root.iter(f"{{{BPMN}}}process")}
    calls: set[str] = set()
    opens: set[str] = set()
    for element in root.iter(f"{{{BPMN}}}callActivity"):
        called = (element.get("calledElement") or "").rpartition(":")[2]
        is_child = any(namespace(word) == JIBAN and local(word) == "case" and word.get("mode") == "child"
                       for word in extensions(element))
        if called:
            (opens if is_child else calls).add(called)
    return References(calls=frozenset(calls - own), opens=frozenset(opens))
