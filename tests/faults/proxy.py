"""A network between a node and its database that can be cut, fall silent or become slow, also in the middle of a COMMIT."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class Weather(Enum):
    """How the network is."""

    FAIR = "everything passes"
    SILENT = "nothing passes, and nobody is told; when it is fair again, what waited is cut off"
    SLOW = "each answer takes a while"


class AtCommit(Enum):
    """What happens to the next connection that commits what it may have written, once."""

    BEFORE = "it is cut before the server hears of it"
    AFTER = "it is cut when the server has heard it and before it answers"


@dataclass(kw_only=True, eq=False)
class _Pair:
    """A connection of a node, and the one to the server that it goes on in. `writes`: is its transaction one that may write?
    `is_mute`: is it cut where the server answers next?"""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    writes: bool = False
    is_mute: bool = False

    def is_committing(self, data: bytes) -> bool:
        """Is this the end of a transaction that may have written? One that only reads has begun at another level."""
        if b"BEGIN" in data:
            self.writes = b"REPEATABLE READ" not in data
        return self.writes and b"COMMIT\0" in data  # not of READ COMMITTED

    def cut(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()


@dataclass(kw_only=True)
class Proxy:
    """Listens at `port` while it is entered, and passes on to the PostgreSQL whose socket is in `folder`. `cuts`: connections
    cut so far; `at_commits`: of these, in a COMMIT."""

    folder: Path
    latency: float = 2.0
    weather: Weather = Weather.FAIR
    at_commit: AtCommit | None = None
    port: int = 0
    cuts: int = 0
    at_commits: int = 0
    _pairs: set[_Pair] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Proxy:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop).result()
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *raised: object) -> None:
        self.clear()
        while self.cut():
            time.sleep(0.01)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> int:
        """Cut every connection there is; how many."""
        async def cut() -> int:
            pairs = list(self._pairs)
            for pair in pairs:
                pair.cut()
            return len(pairs)

        found = asyncio.run_coroutine_threadsafe(cut(), self._loop).result()
        self.cuts += found
        return found

    def clear(self) -> None:
        """The weather is fair again; what had fallen silent is cut off."""
        was, self.weather = self.weather, Weather.FAIR
        if was is Weather.SILENT:
            self.cut()

    async def _accept(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_unix_connection(str(next(self.folder.glob(".s.PGSQL.*[0-9]"))))
        except (OSError, StopIteration):
            near.transport.abort()
            return
        pair = _Pair(near=near, far=far)
        self._pairs.add(pair)
        await asyncio.gather(self._pass_on(pair, near_reader, far, is_asking=True),
                             self._pass_on(pair, far_reader, near, is_asking=False))
        self._pairs.discard(pair)

    async def _pass_on(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_asking: bool,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if (pair.is_committing(data) and self._is_cut_before(pair)) if is_asking else pair.is_mute:
                    break
                await self._weather(is_asking)
                writer.write(data)
                await writer.drain()
        pair.cut()

    def _is_cut_before(self, pair: _Pair) -> bool:
        """Is a connection that commits to be cut before the server hears of it?"""
        at, self.at_commit = self.at_commit, None
        if at is not None:
            self.cuts, self.at_commits = self.cuts + 1, self.at_commits + 1
        pair.is_mute = at is AtCommit.AFTER
        return at is AtCommit.BEFORE

    async def _weather(self, is_asking: bool) -> None:
        if self.weather is Weather.SLOW and not is_asking:
            await asyncio.sleep(self.latency)
        while self.weather is Weather.SILENT:
            await asyncio.sleep(0.02)
