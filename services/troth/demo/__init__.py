"""A simulated year of an IT department, to look at a ledger that is not empty. Pure: the same `now` and seed give the same events."""

from troth.demo.life import DEMO_SOURCE
from troth.demo.simulation import SAID, simulate

__all__ = ["DEMO_SOURCE", "SAID", "simulate"]
