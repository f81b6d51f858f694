"""Every attack, at every level, from a session of a root's runner and of an ordinary user's.

Level none is the control: an attack that does not work there either would prove nothing.
"""

import warnings
from pathlib import Path

import pytest

from runner.attacks.catalogue import ATTACKS, BY_FILTER, NOT_BUILT

LEVELS = [
    ("ordinary", "none", "proxy"),
    ("ordinary", "landlock", "gateway"),
    ("ordinary", "namespaces", "proxy"),
    ("root", "none", "proxy"),
    ("root", "landlock", "proxy"),
    ("root", "namespaces", "none"),
    ("root", "namespaces", "open"),
    ("ordinary", "landlock", "open"),
]
CONTROL = LEVELS[0]
# What a session with a user of its own can do where nothing else keeps it: see and reach, but not read nor write.
OPEN_TO_OTHER_USERS = {"pr05", "net01", "net02", "net04", "net07", "net08"}
TRACING = {"pr09", "pr10", "pr11"}


def of(attacked, configuration):
    report = attacked(*configuration)
    if report is None:
        pytest.skip("not verified on this machine; a warning says why")
    return report


def verified(report, attack):
    result = report.found[attack.id]
    if result.outcome == "unverified":
        pytest.skip(f"not verified: {result.detail}")
    return result


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
@pytest.mark.parametrize("configuration", [CONTROL], ids="-".join)
def test_without_walls_the_attack_works_or_is_refused_for_the_reason_that_is_given(attacked, configuration, attack):
    result = verified(of(attacked, configuration), attack)
    if attack.shut or _refused_by_a_setting(attack):
        assert (result.outcome, bool(result.detail)) == ("closed", True), result
        assert attack.shut != BY_FILTER or result.detail.startswith(("EPERM", "ENOSYS")), result
    else:
        assert result.outcome == "open", result


def _refused_by_a_setting(attack):
    """What some distributions forbid to everybody."""
    scope, namespaces = Path("/proc/sys/kernel/yama/ptrace_scope"), Path("/proc/sys/user/max_user_namespaces")
    if attack.id in TRACING:
        return scope.exists() and scope.read_text().strip() != "0"
    return attack.id == "ns01" and namespaces.exists() and namespaces.read_text().strip() == "0"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
@pytest.mark.parametrize("configuration", LEVELS[1:], ids="-".join)
def test_an_attack_works_only_where_it_is_said_to(attacked, configuration, attack):
    report = of(attacked, configuration)
    result = verified(report, attack)
    if report.conditions.level == "none":
        assert result.outcome == "closed" or attack.id in OPEN_TO_OTHER_USERS, result
    else:
        assert result.outcome == "closed" or attack.known(report.conditions), result


@pytest.mark.parametrize("configuration", LEVELS, ids="-".join)
def test_what_is_said_to_be_open_is_open(attacked, configuration):
    """Nothing is excused that need not be."""
    report = of(attacked, configuration)
    if report.conditions.level == "none":
        return
    said = {attack.id for attack in ATTACKS if attack.known(report.conditions)}
    assert said == {result.id for result in report.found.values() if result.outcome == "open"}


@pytest.mark.parametrize("configuration", LEVELS, ids="-".join)
def test_the_report_counts_what_was_found_and_the_exit_status_says_whether_it_may_be(attacked, configuration):
    report = of(attacked, configuration)
    outcomes = [result.outcome for result in report.found.values()]
    kept = report.kept
    assert (kept["attacks"], kept["open"], kept["unverified"]) == (
        len(outcomes) - outcomes.count("unverified"), outcomes.count("open"), outcomes.count("unverified")
    )  # fmt: skip
    assert (kept["level"], kept["network"]) == configuration[1:]
    assert report.code == 0, report.said
    assert all(attack.name in report.said for attack in ATTACKS)


@pytest.mark.parametrize("configuration", LEVELS, ids="-".join)
def test_what_could_not_be_verified_is_named(attacked, configuration):
    """Only what is not built yet, on a machine that has everything; elsewhere it is a warning."""
    report = of(attacked, configuration)
    missing = {result.id: result.detail for result in report.found.values() if result.outcome == "unverified"}
    not_built = {attack.id for attack, _ in NOT_BUILT}
    assert not_built <= set(missing)
    for name in sorted(set(missing) - not_built):
        warnings.warn(f"not verified: {'-'.join(configuration)} {name}: {missing[name]}", stacklevel=1)
