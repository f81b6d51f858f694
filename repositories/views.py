"""The REST door of a session's repository: one view a URL, no logic of its own."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import Raw, described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable, InvalidRequest, IsolationTooWeak, NotFound, StorageFull, TooLarge
from core.payloads import parse_query
from repositories import answers, changing, diffs, examples, git, history, hunks, overlaps, patches, payloads, status
from sessions import services
from sessions.models import Session

ERRORS = (InvalidRequest, NotFound, Conflict, IsolationTooWeak, TooLarge, HostUnavailable, StorageFull)


def find(request: Request, session_id: str) -> Session:
    return services.find(caller(request), session_id)


def standing(row: Session) -> dict[str, Any]:
    """How the repository stands now; kept for lists of sessions by the way."""
    try:
        found = status.of(row)
    except git.NoRepository:
        found = None
    status.remember(row, found)
    return status.shown(row, found)


class Status(APIView):
    @described(
        "getGitStatus", "How the workspace stands as a repository",
        (answers.GitStanding, answers.GitStandingWithOverlaps),
        query=payloads.GetStatus, errors=ERRORS, example=examples.STANDING,
        details="A workspace that is no repository is no error here: `isRepo` is false. Everywhere else it is 409.",
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        row = find(request, session_id)
        wanted = parse_query(payloads.GetStatus, request.query_params)
        said = standing(row)
        if wanted.overlaps and said["status"]["isRepo"]:
            said |= overlaps.of(row)
        return Response(said)


class Files(APIView):
    @described(
        "listChangedFiles", "The files that have changed", answers.GitFiles,
        query=payloads.GetFiles, errors=ERRORS, example=examples.FILES,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(payloads.GetFiles, request.query_params)
        found = status.of(find(request, session_id), untracked=wanted.untracked)
        shown = status.shown_files(found.files[: wanted.limit])
        return Response({"files": shown, "truncated": found.is_cut or len(found.files) > wanted.limit})


class Diff(APIView):
    @described(
        "getDiff", "Differences in hunks; without parameters all that is not committed", answers.GitDiff,
        query=payloads.GetDiff, errors=ERRORS, example=examples.DIFF,
        details="`staged=true` is the index, `staged=false` what is not staged, `from` since a commit, `from` and `to` "
        "between two.",
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(payloads.GetDiff, request.query_params)
        return Response(diffs.shown(diffs.of(find(request, session_id), diffs.Wanted(**wanted.model_dump()))))


class Log(APIView):
    @described(
        "listCommits", "Commits, the newest first", answers.GitLog,
        query=payloads.GetLog, errors=ERRORS, example=examples.LOG,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(payloads.GetLog, request.query_params)
        page = history.log(find(request, session_id), **wanted.model_dump())
        return Response({"commits": page.commits, "nextCursor": page.cursor})


class Show(APIView):
    @described(
        "getCommit", "One commit and what it did to its first parent", answers.GitShown,
        query=payloads.GetCommit, errors=ERRORS, example=examples.SHOWN,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(payloads.GetCommit, request.query_params)
        return Response(history.shown(find(request, session_id), **wanted.model_dump()))


class Blame(APIView):
    @described(
        "getBlame", "Who wrote each line of a file", answers.GitBlame,
        query=payloads.GetBlame, errors=ERRORS, example=examples.BLAME,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        wanted = parse_query(payloads.GetBlame, request.query_params)
        return Response(history.blame(find(request, session_id), **wanted.model_dump()))


class Overlaps(APIView):
    @described(
        "getOverlaps", "Which other live sessions of its owner changed the same files", answers.GitOverlaps,
        errors=ERRORS, example=examples.OVERLAPS,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        return Response(overlaps.of(find(request, session_id)))


class Patch(APIView):
    @described(
        "downloadPatch", "The whole work as a patch", tuple(map(Raw, patches.KINDS.values())),
        query=payloads.GetPatch, errors=ERRORS,
        details="`diff` is all of it, committed or not; `mbox` its commits as `git am` takes them.",
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> HttpResponse:
        wanted = parse_query(payloads.GetPatch, request.query_params)
        patch = patches.of(find(request, session_id), base=wanted.base, form=wanted.format)
        response = HttpResponse(patch.content, content_type=patch.content_type)
        response["Content-Disposition"] = f'attachment; filename="{patch.name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


class Branches(APIView):
    @described(
        "listBranches", "Branches, those with the newest commits first", answers.GitBranches,
        errors=ERRORS, example=examples.BRANCHES,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        return Response(history.branches(find(request, session_id)))

    @described(
        "createBranch", "Makes a branch, and switches to it if asked to", answers.GitBranchMade,
        status=201, asks=payloads.PostBranch, errors=ERRORS, example=examples.BRANCH_MADE,
        example_asked={"name": "greeting", "switch": True},
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.PostBranch, request.data)
        changing.branch(row, wanted.name, start=wanted.start, switch=wanted.switch)
        return Response({"branch": wanted.name, **standing(row)}, status=201)


class Switch(APIView):
    @described(
        "switchBranch", "Switches to a branch, or to a commit without one", answers.GitStanding,
        asks=payloads.SwitchBranch, errors=ERRORS, example=examples.STANDING, example_asked={"branch": "main"},
        details="409 where what is not committed is in the way.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.SwitchBranch, request.data)
        changing.switch(row, wanted.branch or wanted.ref or "", detach=wanted.branch is None)
        return Response(standing(row))


class Stage(APIView):
    @described(
        "stageFiles", "Makes files, as they are now, part of the next commit", answers.GitStanding,
        asks=payloads.StageFiles, errors=ERRORS, example=examples.STANDING, example_asked={"paths": ["app.py"]},
        details="With `hunks`, ids of a difference with `staged=false`, only these; 409 where one has changed since.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.StageFiles, request.data)
        if wanted.hunks:
            hunks.stage(row, wanted.paths[0], wanted.hunks)
        else:
            changing.stage(row, wanted.named)
        return Response(standing(row))


class Unstage(APIView):
    @described(
        "unstageFiles", "Takes files out of the next commit; they stay as they are", answers.GitStanding,
        asks=payloads.StageFiles, errors=ERRORS, example=examples.STANDING, example_asked={"all": True},
        details="With `hunks`, ids of a difference with `staged=true`, only these; 409 where one has changed since.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.StageFiles, request.data)
        if wanted.hunks:
            hunks.unstage(row, wanted.paths[0], wanted.hunks)
        else:
            changing.unstage(row, wanted.named)
        return Response(standing(row))


class Commit(APIView):
    @described(
        "commitChanges", "Commits what is staged, or some files as they are now, or everything", answers.GitCommitted,
        status=201, asks=payloads.PostCommit, errors=ERRORS, example=examples.COMMITTED,
        example_asked={"message": "Greet the world", "paths": ["app.py"]},
        details="409 when there is nothing to commit. Hooks of the repository run only with `hooks: true`, in the box.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.PostCommit, request.data)
        author = changing.Author.of(caller(request))
        if wanted.author is not None:
            author = changing.Author(wanted.author.name, wanted.author.email)
        made = changing.commit(
            row, wanted.message, author, paths=wanted.paths, everything=wanted.all, hooks=wanted.hooks
        )
        return Response({"commit": made, **standing(row)}, status=201)


class Discard(APIView):
    @described(
        "discardChanges", "Throws away what is not committed; there is no way back", answers.GitDiscarded,
        asks=payloads.DiscardChanges, errors=ERRORS, example=examples.DISCARDED, example_asked={"paths": ["app.py"]},
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        row, wanted = find(request, session_id), parse(payloads.DiscardChanges, request.data)
        gone = changing.discard(row, wanted.paths, untracked=wanted.untracked)
        return Response({**gone, **standing(row)})
