"""The state of a process instance as bytes, and back.

    magic+version  checksum  program  MessagePack: [last id, is completed, [instance, …]]
    "JK" 1         CRC-32    8 bytes  instance: [host, end reached | nil, own variables | nil, [token, …]]
    3 bytes        4 bytes            token: id, spec number, parent | 0, index | nil, memory | nil  (five values each)

Only what lives is kept: an instance that has gone through a loop two thousand times is as long as after the first. The
bytes name specs by number and carry the first bytes of the program's hash: read with another program they are refused.
The checksum tells damage from content; it is no signature. The same commands give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec

from engine.errors import StateCorrupt
from engine.process.gateways import ParallelSpec
from engine.process.instance import Instance
from engine.process.run import BUDGET, Run
from engine.process.token import STARTED, WAITING, Token
from engine.sentences import say

if TYPE_CHECKING:
    from engine.process.compile import Program

MAGIC = b"JK\x01"
_HEADER = len(MAGIC) + 4
_BODY = _HEADER + 8
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
_DAMAGED = (msgspec.DecodeError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)


def save(program: Program, run: Run) -> bytes:
    """The state of a run that has settled."""
    rows: dict[Instance, list[Any]] = {instance: [] for instance in run.instances.values()}
    for token in run.tasks.values():
        rows[token.workflow] += (token.id, token.task_spec.number, token._parent or 0, token.index, token.memory)
    body = program.prefix + _encode([run.last, run.is_completed, [
        [instance.host.id if instance.host is not None else 0, instance.end, instance.own, tokens]
        for instance, tokens in rows.items()]])
    return MAGIC + crc32(body).to_bytes(4, "big") + body


def tokens_made(state: bytes) -> int:
    """How many tokens the instance has had so far, automatic ones included: the last id given out."""
    return int(_decode(memoryview(state)[_BODY:])[0])


def load(program: Program, state: bytes, budget: int = BUDGET) -> Run:
    """The run that was saved. Raises StateCorrupt for damaged bytes, another version's, or another program's."""
    if state[:2] != MAGIC[:2] or len(state) < _BODY:
        raise StateCorrupt("these bytes are not the state of a process instance")
    if state[2:3] != MAGIC[2:]:
        raise StateCorrupt(say(
            "the state has format {found}, this version reads format {known}", found=state[2], known=MAGIC[2]))
    if crc32(memoryview(state)[_HEADER:]) != int.from_bytes(state[3:_HEADER], "big"):
        raise StateCorrupt("the state is damaged: its checksum does not match")
    if state[_HEADER:_BODY] != program.prefix:
        raise StateCorrupt("the state belongs to another process definition, or another version of it")
    try:
        return _restore(program, _decode(memoryview(state)[_BODY:]), budget)
    except _DAMAGED as error:
        raise StateCorrupt(say("the state cannot be read: {technical}", technical=error)) from error


def _restore(program: Program, body: Any, budget: int) -> Run:
    last, is_completed, instances = body
    run = Run(last, budget)
    run.is_completed = is_completed
    specs = program.specs
    for host_id, end, own, tokens in instances:
        host = run.tasks[host_id] if host_id else None
        instance = Instance(program.scope if host is None else host.task_spec.body, run, host, own)
        instance.end = end
        values = iter(tokens)
        for number, spec, parent, index, memory in zip(values, values, values, values, values, strict=True):
            _revive(instance, specs[spec], number, parent or None, index, memory)
    if 0 not in run.instances:
        raise ValueError("it holds no process instance")
    return run


def _revive(instance: Instance, spec: Any, number: int, parent: int | None, index: int | None, memory: Any) -> None:
    token = Token(instance, spec, number, WAITING, parent, index, memory)
    instance.tasks[number] = token
    instance.alive += 1
    if spec.holds_others or (spec.loop is not None and index is None):
        token._state = STARTED
    elif memory is not None and isinstance(spec, ParallelSpec):
        instance.joins[spec.number] = token
