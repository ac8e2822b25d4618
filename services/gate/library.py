"""Which other files a trial needs: those that hold the processes it calls, and the processes those call.

Files are asked about through the gate, and only when something calls outside its own file. A process that several files
hold is taken from the first of them in the order given; the shelf comes last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import DefinitionError
from services.gate.door import Gate
from services.gate.files import read_file
from services.gate.messages import Request


@dataclass(frozen=True, slots=True)
class _Holding:
    """A file that can be run, with what it holds and what it calls elsewhere."""

    file: str
    calls: tuple[str, ...]


class Library:
    """The files that may be called from; looked through once, when first needed."""

    def __init__(self, gate: Gate, files: Sequence[str]) -> None:
        self._gate, self._files = gate, tuple(files)
        self._homes: dict[str, _Holding] | None = None

    def homes_of(self, file: str, calls: Sequence[str]) -> dict[str, str]:
        """The file that holds each process that is called, directly or not; without what nobody holds."""
        found: dict[str, str] = {}
        asked = list(calls)
        while asked:
            process = asked.pop()
            holding = self._index().get(process)
            if holding is not None and process not in found and holding.file != file:
                found[process] = holding.file
                asked += holding.calls
        return found

    def _index(self) -> Mapping[str, _Holding]:
        if self._homes is None:
            self._homes = {}
            for file in self._files:
                self._look_into(file, self._homes)
        return self._homes

    def _look_into(self, file: str, homes: dict[str, _Holding]) -> None:
        try:
            answer = self._gate.ask(Request(file=file, data=read_file(file)))
        except DefinitionError:
            return  # what cannot be read holds nothing that could be called; it is reported where it is tried
        for process in answer.processes:
            homes.setdefault(process, _Holding(file, answer.calls))
