"""The table of a query of Azure DevOps ("Export to CSV"): work items as they are, without what was changed."""

from collections.abc import Mapping
from typing import Any, Final

from troth.intake.delivery import Unmappable
from troth.intake.exports.replay import Past, Step
from troth.intake.exports.tables import Row, Table, cell, whole_number

SOURCE: Final = "azure-devops"
# The names that a query shows, and those that the tool has for itself.
_TEXTS: Final[Mapping[str, str]] = {
    "Work Item Type": "System.WorkItemType",
    "State": "System.State",
    "Reason": "System.Reason",
    "Tags": "System.Tags",
    "Area Path": "System.AreaPath",
    "Iteration Path": "System.IterationPath",
    "Team Project": "System.TeamProject",
}
_INSTANTS: Final[Mapping[str, str]] = {
    "Created Date": "System.CreatedDate",
    "Changed Date": "System.ChangedDate",
    "Closed Date": "Microsoft.VSTS.Common.ClosedDate",
    "State Change Date": "Microsoft.VSTS.Common.StateChangeDate",
}
_DAYS: Final[Mapping[str, str]] = {
    name: f"Microsoft.VSTS.Scheduling.{name.replace(' ', '')}" for name in ("Due Date", "Target Date", "Finish Date")
}
_TITLES: Final = ("Title", *(f"Title {level}" for level in range(1, 10)))  # a query of a tree has one a level
_ENDED_AT: Final = ("Microsoft.VSTS.Common.ClosedDate", "Microsoft.VSTS.Common.StateChangeDate")


class AzureDevopsTable(Table):
    """Reads rows; the user's expressions find a field by the tool's own name for it, or by that of its column."""

    NEEDS = (("ID",), ("Work Item Type",), _TITLES, ("State",), ("Area Path", "Team Project"), ("Created Date",), ("Changed Date",))
    DATES = (*_INSTANTS, *_DAYS)

    def past(self, row: Row) -> Past:
        """The life of one work item: promised when it was created, by the date it has now. Raises Unmappable."""
        number = whole_number(row, "ID")
        fields: dict[str, Any] = {name: cell(row, name) for name in row if name not in (*_TITLES, *_TEXTS, *_INSTANTS, *_DAYS)}
        fields["System.Title"] = cell(row, *_TITLES)
        fields |= {own: text for name, own in _TEXTS.items() if (text := cell(row, name))}
        fields |= {own: time for name, own in _INSTANTS.items() if (time := self.instant(row, name))}
        fields |= {own: day for name, own in _DAYS.items() if (day := self.day(row, name))}
        if "System.CreatedDate" not in fields:
            raise Unmappable("Created Date is empty")
        opened = {name: value for name, value in fields.items() if name not in (*_ENDED_AT, "System.Reason")}
        opened |= {"System.State": "New", "System.ChangedDate": fields["System.CreatedDate"]}
        ended_at = next((fields[name] for name in _ENDED_AT if name in fields), fields.get("System.ChangedDate"))
        steps = [
            Step({"eventType": "workitem.created", "resource": {"id": number, "fields": opened}}),
            _updated(number, {**fields, "System.ChangedDate": ended_at}),
        ]
        return Past(f"azure-devops:workitems/{number}", steps, _updated(number, fields))


def _updated(number: int, fields: Mapping[str, Any]) -> Step:
    return Step({"eventType": "workitem.updated", "resource": {"workItemId": number, "revision": {"id": number, "fields": fields}}})
