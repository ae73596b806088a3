"""Jira's table ("Export CSV, all fields"): issues as they are, without what was changed; of fix versions it has no dates."""

from typing import Any, Final

from troth.intake.delivery import Unmappable
from troth.intake.exports.jira import JiraExport
from troth.intake.exports.replay import Past
from troth.intake.exports.tables import Row, Table, cell, cells, whole_number

SOURCE: Final = "jira"
_CATEGORIES: Final = {"to do": "new", "in progress": "indeterminate", "done": "done"}
_CUSTOM: Final = "Custom field ("
_KEY: Final = ("Issue key", "Work item key")  # Cloud has begun to call an issue a work item
_NUMBER: Final = ("Issue id", "Work item id", "Work item ID")


class JiraTable(Table):
    """Reads rows; the user's expressions find a field of Jira's own by its name there, another by the name of its column."""

    NEEDS = (_KEY, _NUMBER, ("Summary",), ("Project name", "Project key"), ("Created",))
    DATES = ("Created", "Updated", "Resolved", "Due date", "Due Date", "Status Category Changed")

    def past(self, row: Row) -> Past:
        """The life of one issue: promised when it was created, by the date it has now. Raises Unmappable."""
        number = whole_number(row, *_NUMBER)
        category = _CATEGORIES.get(cell(row, "Status Category").casefold())
        created = self.instant(row, "Created")
        if created is None:
            raise Unmappable("Created is empty")
        fields: dict[str, Any] = {
            "summary": cell(row, "Summary"),
            "project": {"name": cell(row, "Project name"), "key": cell(row, "Project key")},
            "issuetype": {"name": cell(row, "Issue Type", "Issue type", "Work item type", "Work type")},
            "status": {"name": cell(row, "Status"), **({"statusCategory": {"key": category}} if category else {})},
            "resolution": {"name": cell(row, "Resolution")} if cell(row, "Resolution") else None,
            "labels": cells(row, "Labels"),
            "created": created,
            "updated": self.instant(row, "Updated") or created,
            "resolutiondate": self.instant(row, "Resolved"),
            "statuscategorychangedate": self.instant(row, "Status Category Changed"),
            "duedate": self.day(row, "Due date", "Due Date"),
        }
        own = {name.removeprefix(_CUSTOM).removesuffix(")"): self._value(cell(row, name)) for name in row if name.startswith(_CUSTOM)}
        fields = {**own, **fields}
        return JiraExport.past_of_now(f"jira:issues/{number}", {"id": str(number), "key": cell(row, *_KEY), "fields": fields}, fields)

    def _value(self, text: str) -> str | None:
        """What a field of the user's own holds; a date as expressions read it."""
        try:
            return self.dates.iso(text, "")
        except Unmappable:
            return text
