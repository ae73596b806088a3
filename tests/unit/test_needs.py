"""A test that is left out for want of something is a failure in CI."""

import subprocess
import sys
from pathlib import Path

import pytest

CALLED = "from tests.conftest import needs\ndef test_it():\n    needs('a moon')\n"
MARKED = "import pytest\n@pytest.mark.skipif(True, reason='needs a moon')\ndef test_it(): ...\n"
WHOLE_MODULE = "import pytest\npytest.skip('needs a moon', allow_module_level=True)\n"
OTHERWISE = "import pytest\n@pytest.mark.skip(reason='Windows only')\ndef test_it(): ...\n"


@pytest.mark.parametrize(
    ("test", "ci", "ending"),
    [
        pytest.param(CALLED, "true", "1 failed", id="a call in CI"),
        pytest.param(MARKED, "true", "1 error", id="a mark in CI"),
        pytest.param(WHOLE_MODULE, "true", "1 error", id="a module in CI"),
        pytest.param(OTHERWISE, "true", "1 skipped", id="another reason in CI"),
        pytest.param(CALLED, "", "1 skipped", id="a call elsewhere"),
        pytest.param(WHOLE_MODULE, "", "1 skipped", id="a module elsewhere"),
    ],
)
def test_what_is_left_out_for_want_of_something_fails_in_ci_alone(test: str, ci: str, ending: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(test)
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)]
    done = subprocess.run(command, cwd=root, env={"CI": ci, "PATH": ""}, capture_output=True, text=True, check=False)
    assert ending in done.stdout.splitlines()[-1], done.stdout + done.stderr
    assert ("a moon" in done.stdout) or ending == "1 skipped"
