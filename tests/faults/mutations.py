"""Seeded mutations of a file of BPMN: what an exporter, a disk or an enemy makes of it. Bytes in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import TypeAlias

Mutation: TypeAlias = Callable[[bytes, Random], bytes]

_ELEMENT = re.compile(rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_OPEN = re.compile(rb"<[A-Za-z_][\w:.-]*(?=[\s>/])[^<>]*>")
_VALUE = re.compile(rb'(?<==")[^"<>]*(?=")')
_ID = re.compile(rb'\b(?:id|sourceRef|targetRef|attachedToRef|calledElement|default)="([^"]*)"')
_CONDITION = re.compile(rb"(<[\w:]*conditionExpression[^>]*>)[^<]*")
_DURATION = re.compile(rb"(<[\w:]*time(?:Duration|Cycle|Date)[^>]*>)[^<]*")
_NESTS = (b"<subProcess id='n'>", b"<extensionElements>", b"<documentation>", b"<a>")
_TEXTS = (b"", b" ", b"0", b"-1", b"9" * 400, b"true", b"${x}", b"#{a.b(c)}", b"1 == 1", b"x" * 100, "受理".encode(), b"&#0;",
          b"&#x10FFFF;", b"&lt;", b"%s", b"../../etc/passwd", b"'", b"__import__('os')", b"P1D", b"R/PT1S", b"R99999999/PT0S",
          b"P999999999Y", b"a.b.c.d[0][1]", b"[1,2].map(x, [x].map(y, y))", b"matches('a', '(a+)+$')")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gb18030", "latin-1", "utf-7", "cp037")


def mutate(data: bytes, random: Random) -> tuple[str, bytes]:
    """One to three mutations; their names, and what comes of them."""
    names = random.choices(list(MUTATIONS), k=random.choice((1, 1, 1, 2, 3)))
    for name in names:
        data = MUTATIONS[name](data, random)[:8_000_000]
    return "+".join(names), data


def _flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 3, 20))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut_short(data: bytes, random: Random) -> bytes:
    return data[:random.randrange(len(data) + 1)]


def _doubled(data: bytes, random: Random) -> bytes:
    found = _any(_ELEMENT, data, random)
    times = random.choice((1, 1, 2, 50, 3000))
    return data if found is None else data[:found.end()] + found.group() * times + data[found.end():]


def _removed(data: bytes, random: Random) -> bytes:
    found = _any(random.choice((_ELEMENT, _OPEN)), data, random)
    return data if found is None else data[:found.start()] + data[found.end():]


def _moved(data: bytes, random: Random) -> bytes:
    found = _any(_ELEMENT, data, random)
    if found is None:
        return data
    rest = data[:found.start()] + data[found.end():]
    place = _any(_OPEN, rest, random)
    return rest if place is None else rest[:place.end()] + found.group() + rest[place.end():]


def _values_swapped(data: bytes, random: Random) -> bytes:
    one, other = _any(_VALUE, data, random), _any(_VALUE, data, random)
    if one is None or other is None or one.end() > other.start():
        return data
    return (data[:one.start()] + other.group() + data[one.end():other.start()] + one.group() + data[other.end():])


def _value_replaced(data: bytes, random: Random) -> bytes:
    return _replaced(_VALUE, data, random, random.choice(_TEXTS))


def _value_huge(data: bytes, random: Random) -> bytes:
    return _replaced(_VALUE, data, random, random.choice((b"x", "审".encode(), b"a.")) * random.choice((10_000, 1_000_000)))


def _ids_collided(data: bytes, random: Random) -> bytes:
    one, other = _any(_ID, data, random), _any(_ID, data, random)
    if one is None or other is None:
        return data
    return data.replace(b'"' + one.group(1) + b'"', b'"' + other.group(1) + b'"', random.choice((1, -1)))


def _condition_changed(data: bytes, random: Random) -> bytes:
    text = random.choice((*_TEXTS, b"(" * 3000 + b"1" + b")" * 3000, b"a &amp;&amp; " * 5000 + b"a", b"!" * 3000 + b"a"))
    found = _any(random.choice((_CONDITION, _DURATION)), data, random)
    return data if found is None else data[:found.start()] + found.group(1) + text + data[found.end():]


def _document_type(data: bytes, random: Random) -> bytes:
    word = random.choice((
        b'<!DOCTYPE x [<!ENTITY a "ha">]>', b'<!DOCTYPE x SYSTEM "file:///etc/passwd">', b"<!DOCTYPE x>",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:1/">]>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + b"&a;" * 10_000 + b'">]>',
        b'<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', b"<?xml-stylesheet href='file:///etc/passwd'?>"))
    head = re.match(rb"\s*<\?xml[^>]*\?>", data)
    place = head.end() if head else 0
    data = data[:place] + word + data[place:]
    return _replaced(_VALUE, data, random, random.choice((b"&a;", b"&b;", b"&undefined;"))) if random.random() < 0.7 else data


def _nested(data: bytes, random: Random) -> bytes:
    place, nest = _any(_OPEN, data, random), random.choice(_NESTS)
    if place is None:
        return data
    depth = random.choice((5, 60, 300, 5_000, 100_000))
    end = b"</" + re.match(rb"<(\w+)", nest).group(1) + b">"  # type: ignore[union-attr]
    return data[:place.end()] + nest * depth + end * depth + data[place.end():]


def _re_encoded(data: bytes, random: Random) -> bytes:
    return data.decode("utf-8", "replace").encode(random.choice(_ENCODINGS), "replace")


def _encoding_claimed(data: bytes, random: Random) -> bytes:
    claimed = random.choice((*_ENCODINGS, "x", "", "UTF-8\0")).encode()
    return re.sub(rb"<\?xml[^>]*\?>", b'<?xml version="1.0" encoding="' + claimed + b'"?>', data, count=1)


def _grown(data: bytes, random: Random) -> bytes:
    """Gateways that split and join many times over: more markings than anybody can visit."""
    place = re.search(rb"</([\w]*:?)process>", data)
    if place is None:
        return data
    prefix, kind = place.group(1), random.choice((b"parallelGateway", b"inclusiveGateway", b"exclusiveGateway"))
    size, body = random.choice((4, 12, 40, 300)), b""
    for one in range(size):
        body += b"<%s%s id='g%d'/>" % (prefix, kind, one)
        for other in random.sample(range(size), min(3, size)):
            body += b"<%ssequenceFlow id='f%d_%d' sourceRef='g%d' targetRef='g%d'/>" % (prefix, one, other, one, other)
    start = _any(re.compile(rb"<[\w:]*startEvent[^>]*id=\"([^\"]*)\""), data, random)
    if start is not None:
        body += b"<%ssequenceFlow id='fs' sourceRef='%s' targetRef='g0'/>" % (prefix, start.group(1))
    return data[:place.start()] + body + data[place.start():]


MUTATIONS: Mapping[str, Mutation] = {
    "flipped": _flipped, "cut short": _cut_short, "doubled": _doubled, "removed": _removed, "moved": _moved,
    "values swapped": _values_swapped, "value replaced": _value_replaced, "value huge": _value_huge,
    "ids collided": _ids_collided, "condition changed": _condition_changed, "document type": _document_type, "nested": _nested,
    "re-encoded": _re_encoded, "encoding claimed": _encoding_claimed, "grown": _grown}


def _any(pattern: re.Pattern[bytes], data: bytes, random: Random) -> re.Match[bytes] | None:
    """Some match of a pattern, after a random place if there is one there."""
    return pattern.search(data, random.randrange(len(data) + 1)) or pattern.search(data)


def _replaced(pattern: re.Pattern[bytes], data: bytes, random: Random, by: bytes) -> bytes:
    found = _any(pattern, data, random)
    return data if found is None else data[:found.start()] + by + data[found.end():]
