"""A mapping with a mistake is refused when it is read, with file, line and mend."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.intake.mapping_file import BadMapping, read_mapping

GOOD = """\
source = "desk"
subject = "id"
zone = "Europe/Berlin"

[made]
time = "at"
team = "team"
customer = "customer"

[verify]
scheme = "hmac-sha256"
header = "X-Signature"
"""
OTHER_SIGNS = "a name with other signs is written '\"Due (planned)\"', a text of your own \"'text'\""


def _faults(text: str) -> list[str]:
    with pytest.raises(BadMapping) as refused:
        read_mapping(text, "desk.toml")
    return str(refused.value).splitlines()


def test_a_mapping_without_a_mistake_is_read() -> None:
    assert read_mapping("\ufeff" + GOOD, "desk.toml").source == "desk"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("customer = ", "custmer = ", "line 8: `custmer` is no key of [made]; did you mean `customer`?"),
        ("[made]", "[mode]", "line 5: `mode` is no key or table of a mapping; did you mean `made`?"),
        ('zone = "Europe/Berlin"', 'zone = "Europe/Berln"', "line 3: `zone` is no zone: 'Europe/Berln'; write one such as Europe/Berlin"),
        (
            'zone = "Europe/Berlin"',
            'zone = "../../etc/passwd"',
            "line 3: `zone` is no zone: '../../etc/passwd'; write one such as Europe/Berlin",
        ),
        (
            'source = "desk"',
            'source = "My Desk"',
            "line 1: `source` is 'My Desk': as a part of an address it has only a to z, 0 to 9 and -, a letter first",
        ),
        ('source = "desk"\n', "", "line 1: `source` is missing"),
        ('subject = "id"', "subject = []", "line 2: `subject` is not an expression: write a name or JMESPath in quotes, or a number"),
        ('team = "team"\n', "", "line 5: [made] needs `team`"),
        ('time = "at"\n', "", "line 5: [made] needs `time`"),
        (
            'team = "team"',
            'team = "team["',
            "line 7: [made] `team` is not JMESPath (Invalid jmespath expression: Incomplete expression); " + OTHER_SIGNS,
        ),
        (
            'team = "team"',
            'team = "!a.b"',
            "line 7: [made] `team` denies its first name alone, as JMESPath has it: write !(...) around all that is meant",
        ),
        ('team = "team"', 'team = "to_sting(team)"', "line 7: [made] `team` has no function to_sting(); did you mean `to_string`?"),
        ('team = "team"', 'team = "team', "line 7: is not TOML: Illegal character '\\n' (at line 7, column 13)"),
        (
            '"hmac-sha256"',
            '"hmac-sha1"',
            "line 11: [verify] `scheme` is 'hmac-sha1': it has to be 'hmac-sha256', 'token', 'bearer', 'basic' or 'standard-webhooks'",
        ),
        ('"hmac-sha256"', '"basic"', "line 10: [verify] scheme basic has headers of its own: remove `header`"),
        ('header = "X-Signature"\n', "", "line 10: [verify] scheme hmac-sha256 needs `header`, the header that carries it"),
        ("header = ", 'persons = ["owner"]\nheader = ', "line 12: `persons` is no key of [verify]; it stands above the first [table]"),
        (
            "zone = ",
            'times = "YYYY"\nzone = ',
            "line 3: `times` is no format of times: write one such as %d.%m.%Y %H:%M, or epoch-seconds or epoch-milliseconds",
        ),
        ("zone = ", 'times = "%d.%m"\nzone = ', "line 3: `times` is no format of times: it has to tell year, month and day"),
        ("zone = ", "times = 5\nzone = ", "line 3: `times`: Input should be a valid string"),
        ("zone = ", 'strict_teams = "yes"\nzone = ', "line 3: `strict_teams`: Input should be a valid boolean"),
        (GOOD[GOOD.index("[made]") :], "", "line 4: the mapping says of nothing that it happened: add a table such as [made]"),
        ("[made]", '[[made]]\ntime = "at"\nteam = "t"\n\n[[made]]', None),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_mend(old: str, new: str, fault: str | None) -> None:
    text = GOOD.replace(old, new, 1)
    if fault is None:
        assert read_mapping(text, "desk.toml").rules[1].data
    else:
        assert _faults(text) == [f"desk.toml, {fault}"]


def test_every_mistake_is_named_at_once_and_in_the_right_table_of_several() -> None:
    text = 'source = "desk"\nsubjct = "id"\n[[revoked]]\ntime = "at"\n[[revoked]]\ntime = "at"\nreson = "x"\n'
    assert _faults(text) == [
        "desk.toml, line 1: `subject` is missing",
        "desk.toml, line 2: `subjct` is no key or table of a mapping; did you mean `subject`?",
        "desk.toml, line 7: `reson` is no key of [revoked]; did you mean `reason`?",
    ]


@given(st.text(max_size=40), st.integers(0, len(GOOD)))
def test_no_text_ends_otherwise_than_in_a_mapping_or_in_a_fault_with_its_line(text: str, place: int) -> None:
    for whole in (text, GOOD[:place] + text + GOOD[place:]):
        said = ""
        try:
            assert read_mapping(whole, "desk.toml").rules
        except BadMapping as refused:
            said = str(refused)
        assert re.match(r"desk.toml, line \d+: .", said) or not said
