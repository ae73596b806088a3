"""Telling a cancellation of our own task from one that a library lets slip out."""

import asyncio


def raise_if_cancelled() -> None:
    """Within `except asyncio.CancelledError`: raise it again where it is this task that is cancelled, else go on."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise  # noqa: PLE0704 - called where one is handled
