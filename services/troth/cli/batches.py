"""The lines of an input in batches, each line read to its events: for a large file by a process of its own, on another core."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from troth import wiring
from troth.cli.inputs import Input, Line, NoPromise, RefusedLine
from troth.domain.events import Event
from troth.domain.instants import Instant

LINES_A_BATCH: Final = 1_000
BYTES_WORTH_A_PROCESS: Final = 1_000_000


class Batch(NamedTuple):
    """Some lines, read at the instant `now`: what events they are or why none; `position` is how far the file was read, in bytes.

    The `silent` ones are all right, and say nothing of a promise.
    """

    now: Instant
    lines: list[Line]
    rows: list[tuple[Line, list[Event]]]
    refused: list[tuple[Line, list[str]]]
    silent: list[str]
    position: int


@contextmanager
def batches_of(file: Input) -> Iterator[Iterator[Batch]]:
    """The batches of an input, in order."""
    if file.asks or file.size is None or file.size < BYTES_WORTH_A_PROCESS:
        yield _batches(file)
    else:
        with _read_ahead(file) as batches:
            yield batches


def _batches(file: Input) -> Iterator[Batch]:
    while lines := list(islice(file.lines, LINES_A_BATCH)):
        batch = Batch(wiring.clock(), lines, [], [], [], file.position())
        for line in lines:
            try:
                batch.rows.append((line, file.events_of(line.content, batch.now)))
            except RefusedLine as error:
                batch.refused.append((line, error.reasons))
            except NoPromise as error:
                batch.silent.append(str(error))
        yield batch


@contextmanager
def _read_ahead(file: Input) -> Iterator[Iterator[Batch]]:
    # Forked, because the reader needs the opened file and the mapping; this process has no other threads at this point.
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    reader = context.Process(target=_send, args=(file, receiver, sender), daemon=True)
    reader.start()
    sender.close()
    try:
        yield _received(receiver)
    finally:
        receiver.close()
        reader.terminate()
        reader.join()


def _send(file: Input, receiver: Connection, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that writes decides when to end
    receiver.close()
    try:
        for batch in _batches(file):
            sender.send(batch)
        sender.send(None)
    except BrokenPipeError:
        return
    except OSError as error:
        sender.send(error)


def _received(receiver: Connection) -> Iterator[Batch]:
    try:
        while (batch := receiver.recv()) is not None:
            if isinstance(batch, OSError):
                raise batch
            yield batch
    except EOFError:
        raise OSError("the process that read the file ended before its end; run the same import again") from None
