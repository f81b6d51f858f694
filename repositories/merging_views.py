"""The REST door between two sessions' repositories: one view a URL, no logic of its own."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.described import Raw, described
from core.envelope import parse
from core.payloads import parse_query
from repositories import answers, diffs, examples, git, merging, merging_payloads, overlaps
from repositories.views import ERRORS, find, standing
from sessions import errands
from sessions.models import Session

BUNDLE = "application/x-git-bundle"


class Compare(APIView):
    @described(
        "compareSessions", "What two sessions have changed since their last common commit", answers.GitComparison,
        query=merging_payloads.Compare, errors=ERRORS, example=examples.COMPARISON,
        details="400 for the same workspace, 409 without common history, or of different users.",
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(merging_payloads.Compare, request.query_params)
        found = merging.compare(find(request, session_id), find(request, wanted.other))
        mine, theirs, both = (
            [git.visible(path) for path in sorted(paths)]
            for paths in (found.mine, found.theirs, set(found.mine) & set(found.theirs))
        )
        sides = {"mine": mine, "theirs": theirs, "both": both}
        return Response({"base": found.base, **sides, "diff": diffs.shown(found.diff)})


class Merge(APIView):
    @described(
        "mergeSession", "Brings another session's work into this one's branch", answers.GitMerged,
        asks=merging_payloads.MergeWork, errors=ERRORS, example=examples.MERGED,
        example_asked={"from": examples.OTHER["id"]},
        details="409 with the `files` in `details` where both changed the same, or where what is not committed would "
        "be overwritten; nothing has changed then.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        wanted = parse(merging_payloads.MergeWork, request.data)
        row = find(request, session_id)
        commit = merging.merge(row, find(request, wanted.other), wanted.message)
        return Response({"merged": commit is not None, "commit": commit, **standing(row)})


class Deliver(APIView):
    @described(
        "deliverSession", "Merges into the live session that works where this one's repository came from",
        answers.GitDelivered,
        asks=merging_payloads.DeliverWork, errors=ERRORS, example=examples.DELIVERED,
        example_asked={"message": "Greet the world"},
        details="409 where there is no such session, and as for a merge.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        wanted = parse(merging_payloads.DeliverWork, request.data)
        row = find(request, session_id)
        mine = Session.objects.filter(owner_id=row.owner_id, within=None)
        target, commit = merging.deliver(row, list(mine), wanted.message)
        return Response({"merged": commit is not None, "commit": commit, "session": overlaps.named(target)})


class Bundle(APIView):
    @described(
        "downloadBundle", "The session's branch since where it began, for `git fetch`", Raw(BUNDLE), errors=ERRORS,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> HttpResponse:
        row = find(request, session_id)
        response = HttpResponse(merging.bundle(row), content_type=BUNDLE)
        response["Content-Disposition"] = f'attachment; filename="{errands.home_of(row).pk}.bundle"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
