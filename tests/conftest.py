"""What all tests share: no test is cut off by a clock, and in CI nothing real is left out."""

import os
from collections.abc import Generator
from typing import NoReturn

import pytest
from hypothesis import settings

IN_CI = os.environ.get("CI") == "true"

settings.register_profile("troth", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("troth")


def needs(what: str) -> NoReturn:
    """Leave this test out for want of `what`, as in `needs("Chromium")`. In CI, where all is to be there, it fails instead."""
    pytest.skip(f"needs {what}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_where_a_need_is_not_met_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_where_a_need_is_not_met_in_ci(report)
    return report


def _fail_where_a_need_is_not_met_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not (IN_CI and report.skipped and isinstance(report.longrepr, tuple)):
        return
    path, line, reason = report.longrepr
    if reason.removeprefix("Skipped: ").startswith("needs "):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: {reason.removeprefix('Skipped: ')}, and in CI no test is left out: .ci/run has to provide it."
