"""Every endpoint is asked what its description allows and what not: by nobody, by a stranger, by owner and staff."""

import json
import os
import re

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import schemas as _  # noqa: F401 - else loaded in a test, beside other threads
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.marked import MARK, Marked
from support.rest import runner, shared_runner  # noqa: F401
from support.wire import Wire

from accounts import services as accounts
from providers import catalog

EXAMPLES = int(os.environ.get("EXAMPLES", "1"))  # of what chance sends to each endpoint; more takes longer
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HERE, NOWHERE = "http://localhost", "http://127.0.0.1:9"
SAFE = ("GET", "HEAD")
OUTSIDERS = ("anonymous", "stranger")
NOT_DONE_HERE = {
    "startRun": "needs an agent and its key (tests/runs)",
    "answerRun": "needs a run that asks something (tests/runs)",
    "getLogin": "needs a log-in by subscription (tests/agents)",
    "takeOverLogin": "needs a log-in by subscription (tests/agents)",
    "revokeLogin": "needs a log-in by subscription (tests/agents)",
    "getShared": "needs the cookie of a shared link (tests/sessions)",
    "subscribePush": "needs a browser's keys and log-in (tests/notifications)",
    "unsubscribePush": "needs a browser's keys and log-in (tests/notifications)",
    "testKey": "needs a stored key (tests/providers)",
    "discardChanges": "needs a change that nobody has committed meanwhile (tests/repositories)",
    "downloadBundle": "needs a repository that the session began with (tests/repositories)",
    "compareSessions": "needs two sessions on one source (tests/repositories)",
    "mergeSession": "needs two sessions on one source (tests/repositories)",
    "deliverSession": "needs two sessions on one source (tests/repositories)",
}


@pytest.fixture
def wire(configure, transactional_db):
    from django.core.asgi import get_asgi_application

    from files.intake import Intake

    nowhere = {each.base_url_variable: NOWHERE for each in catalog.all() if each.base_url_variable}
    configure(login_attempts_per_minute=10**9, provider_environment=nowhere)
    with Wire(Intake(get_asgi_application())) as made:
        yield made


@pytest.fixture
def explorer(wire, client, owner, stranger, staff, password, runner):  # noqa: F811
    """Who is allowed least comes first: what he may not do is not done yet when he tries it."""
    people = {"anonymous": None, "stranger": stranger, "owner": owner, "staff": staff}
    return Explorer(wire, Marked(client, owner, password), people)


@pytest.fixture
def operations():
    from agterm.openapi import generator

    return [found.ok() for found in openapi.from_dict(json.loads(generator.as_json())).get_all_operations()]


def test_what_is_allowed_is_answered_as_described_and_tells_nobody_what_is_anothers(explorer, operations):
    for operation in operations:
        explorer.try_out(
            operation, [*asked_for(operation, explorer.marked), *by_chance(operation, "positive", EXAMPLES)]
        )
    assert not explorer.wrong, explorer.report
    left = sorted(explorer.never_done - set(NOT_DONE_HERE))
    assert not left, f"say in `Marked.requests` what gets these done: {', '.join(left)}"


def test_what_is_not_allowed_is_refused_as_described_and_tells_nobody_what_is_anothers(explorer, operations):
    for operation in operations:
        explorer.try_out(operation, by_chance(operation, "negative", max(1, EXAMPLES // 2)))
    assert not explorer.wrong, explorer.report


@pytest.mark.parametrize(
    ("status", "body", "noticed"),
    [
        (200, {"success": True, "data": {"recording": {"title": MARK}}}, ["Response violates schema", "another's"]),
        (418, {"success": False}, ["Undocumented status code"]),
        (500, {"success": False, "error": {"code": "INTERNAL_ERROR", "message": "oh"}}, ["Server error"]),
    ],
    ids=["told too much", "unknown status", "broken"],
)
def test_what_should_not_be_answered_is_noticed(operations, status, body, noticed):
    operation = next(each for each in operations if operation_id(each) == "getRecording")
    case = operation.Case(path_parameters={"recordingId": "1"})
    asked = requests.Request(**case.as_transport_kwargs(base_url=HERE)).prepare()
    headers = {"Content-Type": ["application/json"]}
    response = Response(status, headers, json.dumps(body).encode(), asked, elapsed=0, verify=False)
    problems = "\n".join(problems_of(operation, case, "stranger", response))
    assert all(words in problems for words in noticed), problems


class Explorer:
    """`wrong`: what should not have been answered so; `never_done`: operations that have only ever been refused."""

    def __init__(self, wire, marked, people):
        self.marked, self.wrong = marked, []
        self._wire, self._people = wire, people
        self._tried, self._done = set(), set()

    @property
    def report(self):
        return "\n\n".join(self.wrong)

    @property
    def never_done(self):
        return self._tried - self._done

    def try_out(self, operation, cases):
        """Each of the cases by each of the people."""
        tokens = Tokens()
        self._tried.add(operation_id(operation))
        for case, path in cases:
            for name, user in self._people.items():
                response = self._wire.ask(prepared(case, self.marked.ids | path, tokens.of(user)))
                if response.status_code < 400:
                    self._done.add(operation_id(operation))
                problems = list(problems_of(operation, case, name, response))
                if operation.method.upper() not in SAFE:
                    tokens = Tokens()  # it may have ended the log-in
                    gone = self.marked.missing()
                    problems += [f"it has changed {each} of the owner's" for each in gone if name in OUTSIDERS]
                    self.marked.renew(gone)
                self.wrong += [f"{name}: {operation.label}: {each}\n{shown(response)}" for each in problems]


class Tokens:
    """Access tokens of people, one each."""

    def __init__(self):
        self._known = {}

    def of(self, user):
        if user is not None and user.pk not in self._known:
            self._known[user.pk] = accounts.issue_tokens(accounts.start(user, kind="api")).access
        return None if user is None else self._known[user.pk]


def operation_id(operation):
    return operation.definition.raw["operationId"]


def asked_for(operation, marked):
    """The case that gets it done and whose it is, where chance would hardly find one."""
    wanted = marked.requests.get(operation_id(operation))
    if wanted is None:
        return []
    kind = wanted.get("media_type", "application/json")
    body = {"body": wanted["body"], "media_type": kind} if "body" in wanted else {}
    return [(operation.Case(query=wanted.get("query", {}), **body), wanted.get("path", {}))]


def by_chance(operation, mode, count):
    """So many cases, always the same ones."""
    cases = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=GenerationMode(mode)))
    def generate(case):
        cases.append(case)

    try:
        generate()
    except Unsatisfiable:  # there is nothing that it does not allow
        return []
    return [(case, {}) for case in cases]


def prepared(case, ids, token):
    """The case as a request, about the owner's things wherever it names one."""
    names = re.findall(r"{(\w+)}", case.operation.path)
    case.path_parameters.update({name: ids[name] for name in names if name in ids})
    about(case.query, ids)
    about(case.body, ids)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return requests.Request(**case.as_transport_kwargs(base_url=HERE, headers=headers)).prepare()


def about(sent, ids):
    """`sent`, changed: it speaks of the owner's things, and of nothing that takes long."""
    if not isinstance(sent, dict):
        return
    for name, value in sent.items():
        if name in ids and isinstance(value, str):
            sent[name] = ids[name] if name.endswith("Id") else value
        elif name == "sessionIds" and isinstance(value, list):
            sent[name] = [ids["sessionId"]]
        else:
            about(value, ids)
    if sent.get("waitFor"):
        sent["timeoutMs"] = 500


def problems_of(operation, case, name, response):
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as found:
        yield from (f"{failure.title}: {failure.message}" for failure in found.exceptions)
    if name == "anonymous" and operation.definition.raw["security"] and response.status_code != 401:
        yield "who is not logged in should be told so"
    if name in OUTSIDERS and MARK.encode() in said(response):
        yield "it tells of what is another's"


def said(response):
    headers = "\n".join(value for values in response.headers.values() for value in values)
    return response.content + headers.encode()


def shown(response):
    asked = response.request
    body = asked.body[:300] if asked.body else ""
    return f"  {asked.method} {asked.url[:300]} {body!r}\n  {response.status_code} {response.content[:300]!r}"
