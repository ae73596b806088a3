"""All revisions of the work items of Azure DevOps, as its reporting gives them (`_apis/wit/reporting/workitemrevisions`): JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.intake.delivery import Unmappable
from troth.intake.exports.replay import Past, Step
from troth.intake.payloads import identity, objects, part

SOURCE: Final = "azure-devops"
_CHANGED: Final = "System.ChangedDate"


class AzureDevopsExport:
    """Reads pages of revisions; a work item is read where its last revision is."""

    def __init__(self) -> None:
        self._revisions: dict[str, dict[int, Mapping[str, Any]]] = {}

    @staticmethod
    def fits(value: Mapping[str, Any]) -> bool:
        """Whether this is a page of revisions."""
        return isinstance(value.get("values"), list) and "isLastBatch" in value

    def learn(self, value: Mapping[str, Any]) -> None:
        """Take in the revisions."""
        for revision in objects(value, "values"):
            if (number := _number(revision)) is not None:
                self._revisions.setdefault(str(revision.get("id")), {})[number] = revision

    def lacks(self) -> str:
        """Nothing is missing."""
        return ""

    def items(self, value: Mapping[str, Any]) -> Iterator[Any]:
        """Of each work item its last revision, and what is none."""
        for revision in objects(value, "values"):
            number = _number(revision)
            if number is None or number == max(self._revisions[str(revision.get("id"))]):
                yield revision

    def past(self, item: Mapping[str, Any]) -> Past:
        """The life of one work item, a revision a step. Raises Unmappable."""
        number = identity(item, "id", "work item")
        revisions = self._revisions.get(number)
        if revisions is None or _number(item) is None:
            raise Unmappable("rev is missing, which says which revision this is")
        steps: list[Step] = []
        before: Mapping[str, Any] = {}
        for rev in sorted(revisions):
            fields = part(revisions[rev], "fields")
            steps.append(_step(item["id"], rev, before, fields))
            before = fields
        return Past(f"azure-devops:workitems/{number}", steps)


def _number(revision: Mapping[str, Any]) -> int | None:
    rev = revision.get("rev")
    return rev if isinstance(rev, int) and not isinstance(rev, bool) else None


def _step(number: Any, rev: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Step:
    whole = {"id": number, "rev": rev, "fields": after}
    if after.get("System.IsDeleted"):
        return Step({"eventType": "workitem.deleted", "createdDate": after.get(_CHANGED), "resource": whole})
    if before.get("System.IsDeleted"):
        return Step({"eventType": "workitem.restored", "createdDate": after.get(_CHANGED), "resource": whole})
    if rev == 1:
        return Step({"eventType": "workitem.created", "resource": whole})
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    changes = {name: {"oldValue": before.get(name), "newValue": after.get(name)} for name in names} if before else {}
    return Step({"eventType": "workitem.updated", "resource": {"workItemId": number, "fields": changes, "revision": whole}})
