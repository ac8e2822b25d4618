"""Which characters a font file has: its `cmap` table, read without the rest of the font.

OpenType 1.9, “cmap”: subtables of format 4 (the basic plane) and 12 (all planes), as every font of today has them; others are
left aside. A file that is no font, or is damaged, has none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_COLLECTION = b"ttcf"
_UNICODE = frozenset({(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)})
_LARGEST = 64 * 1024 * 1024
_LAST = 0x10FFFF


def characters_of(file: Path) -> frozenset[int]:
    """The code points that every face of a font file has a glyph for; none when it cannot be read as a font."""
    if file.stat().st_size > _LARGEST:
        return frozenset()
    data = file.read_bytes()
    try:
        faces = [frozenset(_face(data, start)) for start in _starts(data)]
    except (struct.error, IndexError):
        return frozenset()
    return frozenset.intersection(*faces) if faces else frozenset()


def _starts(data: bytes) -> tuple[int, ...]:
    """Where the faces begin: one, or those of a collection."""
    if data[:4] != _COLLECTION:
        return (0,)
    (count,) = struct.unpack_from(">I", data, 8)
    return struct.unpack_from(f">{min(count, 256)}I", data, 12)


def _face(data: bytes, start: int) -> Iterator[int]:
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for place in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * place)
        if tag == b"cmap":
            yield from _cmap(data, offset)


def _cmap(data: bytes, table: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", data, table + 2)
    for place in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * place)
        if (platform, encoding) in _UNICODE:
            (form,) = struct.unpack_from(">H", data, table + offset)
            yield from _READERS.get(form, _nothing)(data, table + offset)


def _segments(data: bytes, start: int) -> Iterator[int]:
    """Format 4. A code that leads to glyph 0 has no glyph."""
    (twice,) = struct.unpack_from(">H", data, start + 6)
    ends = struct.unpack_from(f">{twice // 2}H", data, start + 14)
    starts, deltas, offsets = (struct.unpack_from(f">{twice // 2}H", data, start + 16 + twice * times) for times in (1, 2, 3))
    for place, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        base = start + 16 + 3 * twice + 2 * place + offset
        for code in range(first, last + 1):
            (glyph,) = struct.unpack_from(">H", data, base + 2 * (code - first)) if offset else (code,)
            if (glyph and (glyph + delta) % 0x10000) if offset else (code + delta) % 0x10000:
                yield code


def _groups(data: bytes, start: int) -> Iterator[int]:
    """Format 12."""
    (count,) = struct.unpack_from(">I", data, start + 12)
    for first, last, glyph in struct.iter_unpack(">III", data[start + 16:start + 16 + 12 * count]):
        yield from range(first + (glyph == 0), min(last, _LAST) + 1)


def _nothing(data: bytes, start: int) -> Iterator[int]:
    return iter(())


_READERS = {4: _segments, 12: _groups}
