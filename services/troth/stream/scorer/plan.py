"""What a scorer is made with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from troth.domain.verdict import Rules


@dataclass(frozen=True)
class Plan:
    """Names of the group and its topics, where the broker is, what the numbers are made with, and where the table lies.

    `connection` is what every aiokafka client takes; a worker of which nothing is heard for `session_seconds` is given up.
    """

    group: str
    events: str
    tallies: str
    scores: str
    notices: str
    rejected: str
    changelog: str
    partitions: int
    connection: Mapping[str, Any]
    faust: Mapping[str, Any]
    rules: Rules
    zone: tzinfo
    data: Path
    table_store: str = "memory"
    session_seconds: float = 6.0
