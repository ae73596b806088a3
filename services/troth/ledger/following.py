"""A replica's file: which cluster it follows, and how far it has read of it."""

import sqlite3
from pathlib import Path

from troth.domain.recording import Partition
from troth.ledger.schema import StrangeFile


class OtherCluster(Exception):
    """A replica's file that follows another cluster, or topics that were made anew; the message says what to do."""


def check_role(connection: sqlite3.Connection, directory: Path, *, replica: bool) -> None:
    """That a replica's file is not served as a ledger of its own, nor the other way about. Raises StrangeFile."""
    followed = _followed(connection)
    if followed and not replica:
        raise StrangeFile(
            f"The ledger in {directory} is a replica of {followed}. Serve it with `troth replica`, or name another directory with --data."
        )
    if replica and not followed and connection.execute("SELECT 1 FROM events LIMIT 1").fetchone():
        raise StrangeFile(
            f"The ledger in {directory} has events of its own and cannot be a replica. Name an empty directory with --data; "
            "`troth import --to` a gateway brings what `troth export` gives into a cluster."
        )


def follow(connection: sqlite3.Connection, cluster: str) -> dict[Partition, int]:
    """Follow a cluster, from the first on always the same; where to go on in each partition. Raises OtherCluster."""
    followed = _followed(connection)
    if followed and followed != cluster:
        raise OtherCluster(
            f"This replica follows {followed}, and Kafka is {cluster} now: what it holds is of another log. "
            "Name an empty directory with --data, into which it reads all anew."
        )
    connection.execute("INSERT OR IGNORE INTO follows (cluster) VALUES (?)", (cluster,))
    return {(topic, partition): offset for topic, partition, offset in connection.execute("SELECT topic, partition, next FROM read_to")}


def _followed(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT cluster FROM follows").fetchone()
    return "" if row is None else str(row[0])
