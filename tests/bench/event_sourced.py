"""The peer pyeventsourcing, with its own defaults on SQLite: batches of aggregates with the same two events each, which score nothing."""

import os
from contextlib import closing
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench.life import CUSTOMERS, GOALS, TEAMS
from tests.bench.rows import seconds_of


class Commitment(Aggregate):
    """A promise and its delivery."""

    @event("Made")
    def __init__(self, team: str, title: str, customer: str, goal: str, due_at: str, budget: int) -> None:
        self.team = team
        self.title = title
        self.customer = customer
        self.goal = goal
        self.due_at = due_at
        self.budget = budget
        self.cost: int | None = None

    @event("Delivered")
    def deliver(self, cost: int) -> None:
        self.cost = cost


def events_a_second(path: Path, commitments: int, events_a_batch: int) -> float:
    """The rate of two events a commitment, so many events in each save."""
    settings = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    with patch.dict(os.environ, settings), closing(Application[UUID]()) as application:
        return 2 * commitments / seconds_of(lambda: _save(application, commitments, events_a_batch // 2))


def _save(application: Application[UUID], commitments: int, at_once: int) -> None:
    for start in range(0, commitments, at_once):
        application.save(*(_kept(number) for number in range(start, start + at_once)))


def _kept(number: int) -> Commitment:
    commitment = Commitment(
        team=f"team-{number % TEAMS}",
        title="A promise to the business",
        customer=f"customer-{number % CUSTOMERS}",
        goal=f"goal-{number % GOALS}",
        due_at="2030-01-01T00:00:00Z",
        budget=5_000,
    )
    commitment.deliver(cost=3_000)
    return commitment
