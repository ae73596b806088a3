"""What ServiceNow's scripts send is what the ledger's side reads, and no person; and they are of the language that ServiceNow runs."""

import re
from pathlib import Path
from typing import Final

import pytest

from troth.intake.tools import servicenow

ROOT: Final = Path(__file__).parents[4]
FOLDER: Final = ROOT / "deploy" / "servicenow"
SENDER: Final = (FOLDER / "TrothSender.js").read_text("utf-8")
ADAPTER: Final = Path(servicenow.__file__).read_text("utf-8")


def code_of(script: str) -> str:
    """A script without its comments."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", script, flags=re.DOTALL)


def sent_fields() -> dict[str, list[str]]:
    """By name in the message, the fields of the record that are sent."""
    lists = re.findall(r"^TrothSender\.(?:VALUES|LABELS) = \{(.*?)^\};", SENDER, re.MULTILINE | re.DOTALL)
    assert len(lists) == 2
    pairs = re.findall(r"(\w+): \[([^\]]*)\]", "".join(lists))
    return {name: re.findall(r"'(\w+)'", fields) for name, fields in pairs}


def read_fields() -> set[str]:
    """The fields of a record that the ledger's side reads, whatever function reads them."""
    by_name = re.findall(r'(?:text|identity|_instant|_due)\(record, "(\w+)"', ADAPTER) + re.findall(r'record\.get\("(\w+)"\)', ADAPTER)
    return {*by_name, *servicenow._DUE.values(), *servicenow._TERMS, "sys_created_on", "sys_updated_on", "work_end"}


def test_all_that_is_read_of_a_record_is_sent() -> None:
    assert len(read_fields()) >= 15
    assert read_fields() - sent_fields().keys() == set()


def test_all_that_is_read_around_the_record_is_sent() -> None:
    read = set(re.findall(r'(?:text|part|address)\(payload, "(\w+)"', ADAPTER) + re.findall(r'payload\.get\("(\w+)"\)', ADAPTER))
    message = re.search(r"return \{(\s+event_id.*?)\};", SENDER, re.DOTALL)
    assert message is not None
    assert read >= {"table", "operation", "record", "previous", "sent_at"}
    assert read - set(re.findall(r"^\s+(\w+):", message[1], re.MULTILINE)) == set()


def test_no_field_of_a_person_is_sent() -> None:
    fields = {field for several in sent_fields().values() for field in several} | sent_fields().keys()
    assert fields & set(servicenow.PERSONS) == set()
    assert not [name for name in servicenow.PERSONS if re.search(rf"\b{name}\b", code_of(SENDER))]


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_a_script_is_ecmascript_5_which_every_servicenow_runs(script: Path) -> None:
    code = code_of(script.read_text("utf-8"))
    assert not re.search(r"=>|`|\b(?:let|const|class|async|await|import|export)\b|\.\.\.", code)
    assert [code.count(opened) for opened in "({["] == [code.count(closed) for closed in ")}]"]


def test_the_page_tells_to_set_up_all_that_the_scripts_use() -> None:
    page = (ROOT / "docs" / "tools" / "servicenow.md").read_text("utf-8")
    used = set(re.findall(r"'(troth\.\w+|u_troth_\w+|u_payload|u_refused)'", SENDER))
    assert used == {"troth.url", "troth.token", "u_troth_outbox", "u_payload", "u_refused"}
    assert [name for name in sorted(used) if f"`{name}`" not in page] == []
    assert [path.name for path in FOLDER.glob("*.js") if path.name not in page] == []
