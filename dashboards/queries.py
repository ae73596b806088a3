"""PromQL made of the catalogue's metrics. Every query takes the maximum over programs, so that replicas and scorers do not count twice."""

from typing import Final, NamedTuple

from troth.metrics import catalogue
from troth.metrics.catalogue import Metric

ENOUGH_PROMISES: Final = 3  # of evidence; below it a score has no colour: docs of the API, `enough`
BELOW, BETWEEN, ABOVE, UNSURE = -1, 0, 1, 2  # what standing() answers
STANDING_WORDS: Final = {
    BELOW: "even at best below the target",
    BETWEEN: "may or may not reach the target",
    ABOVE: "even at worst above the target",
    UNSURE: "too few promises yet for the target",
}
STANDING_SHORT: Final = {BELOW: "Below target", BETWEEN: "Uncertain", ABOVE: "Above target", UNSURE: "Too few yet"}
EXPECTED: Final = '/expected="([^"]+)"/'  # finds in an answer what expected() wrote into the label
STANDING: Final = '/standing="([^"]+)"/'  # and what worded() did
_TO: Final = "\N{EN DASH}"
_TARGET: Final = f"scalar(max({catalogue.TARGET.name}))"
UNKNOWN: Final = 2  # what direction() answers where there is nothing to compare with
_CHANGE_RATIO: Final = 0.05  # less than that in 28 days is no trend


class Subject(NamedTuple):
    """The metrics that every team, customer, goal and the organisation has, and the label that names which."""

    label: str | None
    reliability: Metric
    low: Metric
    high: Metric
    evidence: Metric
    commitments: Metric

    @property
    def by(self) -> str:
        """What two series of the same subject match on."""
        return f"on ({self.label or ''})"


def _subject(label: str | None, metrics: tuple[Metric, ...]) -> Subject:
    return Subject(label, *metrics[:5])


TEAM: Final = _subject("team", catalogue.TEAM)
CUSTOMER: Final = _subject("customer", catalogue.CUSTOMER)
GOAL: Final = _subject("goal", catalogue.GOAL)
ORGANISATION: Final = _subject(None, catalogue.ORGANISATION)


def now(metric: Metric, **where: str) -> str:
    """A gauge as it stands, a series for each of its labels' values that `where` leaves open."""
    return _largest(metric, where, _selector(metric, where))


def lately(metric: Metric, **where: str) -> str:
    """A gauge in a trend: its last value in each step, so that neither a restart nor a history of one sample a day leaves holes."""
    return _largest(metric, where, f"last_over_time({_selector(metric, where)}[$__interval])")


def held(metric: Metric, **where: str) -> str:
    """A gauge as it stands, or stood within five minutes: where a scrape failed, what waits on it does not begin to wait anew."""
    return _largest(metric, where, f"last_over_time({_selector(metric, where)}[5m])")


def before(metric: Metric, **where: str) -> str:
    """A gauge as it stood 28 days ago."""
    return _largest(metric, where, f"last_over_time({_selector(metric, where)}[1d] offset 28d)")


def rate(counter: Metric, **where: str) -> str:
    """A counter's events a second, over all programs."""
    return f"sum(rate({_selector(counter, where)}[$__rate_interval]))"


def counted(counter: Metric, span: str, by: str = "", **where: str) -> str:
    """What a counter has counted in a span up to now, over all programs; by the values of a label where it is named."""
    grouped = f"sum by ({by})" if by else "sum"
    return f"round({grouped} (increase({_selector(counter, where)}[{span}])))"


def short(label: str, pattern: str, expression: str) -> str:
    """The answer with a label cut down to what the pattern's group finds in it."""
    return f'label_replace({expression}, "{label}", "$1", "{label}", "{pattern}")'


def latest(metric: Metric) -> str:
    """The largest value that any program showed in the last week: a restart does not make it forgotten."""
    return f"max(max_over_time({metric.name}[7d]))"


def quantile(histogram: Metric, q: float) -> str:
    """A quantile of a histogram, over all programs."""
    return f"histogram_quantile({q}, sum by (le) (rate({histogram.name}_bucket[$__rate_interval])))"


def standing(subject: Subject, **where: str) -> str:
    """BELOW where high is under the target, ABOVE where low is over it, BETWEEN, or UNSURE where there is too little evidence."""
    low, high, evidence = (now(metric, **where) for metric in (subject.low, subject.high, subject.evidence))
    sure = f"(({low} > bool {_TARGET}) - ({high} < bool {_TARGET})) * ({evidence} >= bool {ENOUGH_PROMISES})"
    return f"{sure} + {UNSURE} * ({evidence} < bool {ENOUGH_PROMISES})"


def worded(value: str, subject: Subject, **where: str) -> str:
    """A value with the words of its subject's standing as the label `standing`."""
    low, high, evidence = (now(metric, **where) for metric in (subject.low, subject.high, subject.evidence))
    conditions = {
        UNSURE: f"{evidence} < {ENOUGH_PROMISES}",
        BELOW: f"{high} < {_TARGET}",
        ABOVE: f"{low} > {_TARGET}",
    }
    cases = [(f"({value} and {subject.by} ({condition}))", STANDING_WORDS[which]) for which, condition in conditions.items()]
    cases.append((f"({value})", STANDING_WORDS[BETWEEN]))
    return f" or {subject.by} ".join(f'label_replace({series}, "standing", "{words}", "", "")' for series, words in cases)


def worst_first(subject: Subject, **where: str) -> str:
    """What to sort by: high, then low; those of too little evidence after all others."""
    low, high, evidence = (now(metric, **where) for metric in (subject.low, subject.high, subject.evidence))
    return f"{high} + {low} / 1000 + 10 * ({evidence} < bool {ENOUGH_PROMISES})"


def expected(subject: Subject, **where: str) -> str:
    """The range to expect kept of the next hundred, as the label `expected`: 44 to 64, with a dash."""
    low, high = (_as_label(now(metric, **where), name, subject) for metric, name in ((subject.low, "low"), (subject.high, "high")))
    joined = f'label_join({low} * {subject.by} group_left(high) {high}, "expected", "{_TO}", "low", "high")'
    return f"max by ({subject.label + ', ' if subject.label else ''}expected) ({joined})"


def _as_label(ratio: str, name: str, subject: Subject) -> str:
    """A ratio as whole per hundred in a label: PromQL's way to write a number into words."""
    by = f" by ({subject.label})" if subject.label else ""
    return f'count_values{by} ("{name}", floor(100 * {ratio} + 0.5))'


def direction(subject: Subject, **where: str) -> str:
    """1 where reliability rose by more than 5 of 100 in 28 days, -1 where it fell by more, else 0; UNKNOWN without a history."""
    reliability = now(subject.reliability, **where)
    change = f"({reliability} - {before(subject.reliability, **where)})"
    return f"(({change} > bool {_CHANGE_RATIO}) - ({change} < bool -{_CHANGE_RATIO})) or {UNKNOWN} * ({reliability} >= bool 0)"


def target_of_100() -> str:
    """The target as whole per hundred."""
    return f"floor(100 * {now(catalogue.TARGET)} + 0.5)"


def target_line() -> str:
    """The target of today over the whole of a trend: what it was is not known of the time before the first scrape."""
    return f"vector(scalar(max(last_over_time({catalogue.TARGET.name}[1d] @ end()))))"


def number_below(subject: Subject) -> str:
    """How many are below the target even at best."""
    return f"count(({standing(subject)}) == {BELOW}) or vector(0)"


def worst(subject: Subject, number: int) -> str:
    """The worst of the subjects, worst first."""
    return f"sort(bottomk({number}, {worst_first(subject)}))"


def _largest(metric: Metric, where: dict[str, str], series: str) -> str:
    open_labels = [label for label in metric.labels if label not in where or where[label].startswith("~")]
    return f"max by ({', '.join(open_labels)}) ({series})" if open_labels else f"max({series})"


def _selector(metric: Metric, where: dict[str, str]) -> str:
    """The metric's name with matchers: a value with a tilde before it is a regular expression."""
    matchers = (f'{label}=~"{value[1:]}"' if value.startswith("~") else f'{label}="{value}"' for label, value in where.items())
    return metric.name + (f"{{{', '.join(matchers)}}}" if where else "")
