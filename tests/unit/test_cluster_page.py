"""docs/cluster.md: its topics are those that are declared, and it knows each sentence by which Kafka's troubles are told."""

import ast
import re
from pathlib import Path

import pytest

from schemas.build import ROOT
from troth.metrics.catalogue import ALL
from troth.settings import Settings
from troth.stream.topics import Topics

PAGE = (ROOT / "docs/cluster.md").read_text("utf-8")
TROUBLES = ("BrokerTrouble", "BrokerAway", "TopicMismatch", "OtherCluster")
SAYING = (
    *("stream/broker.py", "stream/producer.py", "stream/topics.py", "stream/rejected.py", "stream/republish.py", "stream/replica.py"),
    *("stream/whole.py", "ledger/following.py"),
)


def rows(beginning: str) -> list[list[str]]:
    """The rows of the page's table that begins so."""
    table = PAGE[PAGE.index(f"\n{beginning}") + 1 :].split("\n\n", 1)[0]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def sentences(path: Path) -> list[str]:
    """The words of each trouble that a module raises."""
    raised = [node.exc for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Raise)]
    calls = [call for call in raised if isinstance(call, ast.Call) and getattr(call.func, "id", "") in TROUBLES]
    return [
        "".join(str(part.value) for argument in call.args for part in ast.walk(argument) if isinstance(part, ast.Constant))
        for call in calls
    ]


def test_its_topics_are_those_that_are_declared() -> None:
    assert rows("| topic |") == [[topic.name, topic.key, topic.kept, topic.holds] for topic in Topics().all()]


@pytest.mark.parametrize("path", SAYING)
def test_each_sentence_by_which_a_trouble_is_told_is_in_its_table(path: str) -> None:
    known = [said for said, _ in rows("| it says |")]
    said = sentences(ROOT / "services/troth" / path)
    assert said, f"{path} tells of no trouble any more"
    assert [sentence for sentence in said if not any(words in sentence for words in known)] == []


def test_each_sentence_in_its_table_is_told_somewhere() -> None:
    told = [sentence for path in SAYING for sentence in sentences(ROOT / "services/troth" / path)]
    told.append((ROOT / "services/troth/stream/scorer/fence.py").read_text("utf-8").replace("{STATUS}", "70"))
    assert [words for words, _ in rows("| it says |") if not any(words in said for said in told)] == []


def test_the_settings_and_metrics_it_names_are_there() -> None:
    metrics = set(re.findall(r"`(troth_[a-z_]+)`", PAGE))
    assert metrics <= {metric.name for metric in ALL}, metrics
    named = {name for name in re.findall(r"`([a-z]+_[a-z_]+)`", PAGE) if not name.startswith("troth_")}
    assert named <= set(Settings.model_fields), named


def test_its_links_within_the_repository_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", PAGE) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / "docs" / link.partition("#")[0]).exists()] == []
