"""The exports that can be read, and how each is known by its content."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple, Protocol

from troth.intake.exports import azure_devops as azure
from troth.intake.exports import azure_devops_table as azure_table
from troth.intake.exports import github, gitlab, jira, jira_table
from troth.intake.exports.replay import Past

EVENTS: Final = "events"
TABLE: Final = "csv"


class Export(Protocol):
    """Reads one export: first all of it is learnt, then its items are read. A value is an object of JSON, or a row of a table."""

    def learn(self, value: Any) -> None:
        """Take in what is to be known before any item is read."""

    def lacks(self) -> str:
        """What is missing or in doubt after all was learnt, with the way out; nothing where it can be read."""

    def items(self, value: Any) -> Iterator[Any]:
        """The items in a value."""

    def past(self, item: Any) -> Past:
        """The life of an item. Raises Unmappable."""


class Format(NamedTuple):
    """A kind of export: whose it is, what it is called, whether it is a table, how it is known, and its reader."""

    name: str
    source: str
    words: str
    fits: Callable[[Any], bool]
    reader: Callable[[Sequence[str], tzinfo], Export]
    table: bool = False


_ALL: Final = (
    Format("github", github.SOURCE, "GitHub's JSON", github.GithubExport.fits, lambda *_: github.GithubExport()),
    Format("gitlab", gitlab.SOURCE, "GitLab's JSON", gitlab.GitlabExport.fits, lambda *_: gitlab.GitlabExport()),
    Format("jira", jira.SOURCE, "Jira's JSON", jira.JiraExport.fits, lambda *_: jira.JiraExport()),
    Format("jira-csv", jira_table.SOURCE, "Jira's CSV", jira_table.JiraTable.fits, jira_table.JiraTable, table=True),
    Format("azure-devops", azure.SOURCE, "Azure DevOps' revisions", azure.AzureDevopsExport.fits, lambda *_: azure.AzureDevopsExport()),
    Format(
        "azure-devops-csv",
        azure.SOURCE,
        "Azure DevOps' query CSV",
        azure_table.AzureDevopsTable.fits,
        azure_table.AzureDevopsTable,
        table=True,
    ),
)
FORMATS: Final[Mapping[str, Format]] = {one.name: one for one in _ALL}


def format_of_json(value: Any) -> str | None:
    """The format of an object of JSON; None for one that is of none."""
    if not isinstance(value, dict):
        return None
    if "specversion" in value:
        return EVENTS
    return next((one.name for one in FORMATS.values() if not one.table and one.fits(value)), None)


def format_of_columns(columns: Sequence[str]) -> str | None:
    """The format of a table; None for one that a mapping has to explain."""
    return next((one.name for one in FORMATS.values() if one.table and one.fits(columns)), None)
