"""The gauges of the past as OpenMetrics with timestamps, which `promtool tsdb create-blocks-from openmetrics` takes."""

from collections.abc import Iterator
from contextlib import nullcontext
from math import isnan
from typing import Final

from troth.domain.book import Book
from troth.domain.instants import MICROSECONDS_A_SECOND
from troth.metrics import catalogue
from troth.metrics.collector import BookCollector

END: Final = "# EOF\n"
SHOWN: Final = frozenset(metric.name for metric in (*catalogue.TEAM, *catalogue.CUSTOMER, *catalogue.GOAL, *catalogue.ORGANISATION))
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def samples(book: Book, job: str, target: float) -> Iterator[str]:
    """A line for each number that a scrape would have shown at the book's now, but for relationships and for NaN; `target` is today's."""
    timestamp = book.now / MICROSECONDS_A_SECOND
    yield f'{catalogue.TARGET.name}{{job="{job.translate(_ESCAPES)}"}} {target!r} {timestamp:.3f}\n'
    for family in BookCollector(lambda: nullcontext(book), relationships=0).collect():
        for sample in family.samples if family.name in SHOWN else ():
            if not isnan(sample.value):
                labels = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in {"job": job, **sample.labels}.items())
                yield f"{sample.name}{{{labels}}} {sample.value!r} {timestamp:.3f}\n"
