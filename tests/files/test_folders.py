"""The folder browser: what a beginning of a path can become, and nothing of what its user may not see."""


def dirs(client, typed):
    return client.get("/api/dirs", {"q": typed}).json()["data"]


def test_a_beginning_is_completed(mine, workspace):
    for name in ("Source", "scripts", ".git", "other"):
        (workspace / name).mkdir()
    (workspace / "s.txt").touch()
    (workspace / "slink").symlink_to("/etc")
    assert dirs(mine, f"{workspace}/S") == {
        "base": str(workspace), "dirs": [f"{workspace}/Source", f"{workspace}/scripts"], "truncated": False,
    }  # fmt: skip
    assert dirs(mine, f"{workspace}/.g")["dirs"] == [f"{workspace}/.git"]
    assert dirs(mine, f"{workspace}//./o")["dirs"] == [f"{workspace}/other"]
    assert dirs(mine, f"{workspace}/no/x")["dirs"] == []


def test_on_the_way_only_the_way_is_told(mine, workspace):
    top = "/" + workspace.parts[1]
    assert (dirs(mine, "/")["dirs"], dirs(mine, "")["dirs"]) == ([top], [top])
    assert dirs(mine, f"{workspace.parent}/")["dirs"] == [str(workspace)]
    for elsewhere in ("/etc/", "/usr/l", f"{workspace}/../", "/\0/", "relative/x"):
        assert dirs(mine, elsewhere)["dirs"] == []


def test_allowed_roots_are_everybodys_and_those_of_a_cwd_an_administrators(
    client, stranger, staff, runner, root, configure
):
    (root / "inner").mkdir()
    assert dirs(client(stranger), f"{root}/")["dirs"] == [f"{root}/inner"]

    class Named:
        """The operator has named none, so that for administrators there is the folder of the server's user."""

        roots, file_roots = (runner.roots,), ()

        def __init__(self, config):
            self._config = config

        def __getattr__(self, name):
            return getattr(self._config, name)

    from django.conf import settings

    settings.AGTERM = Named(settings.AGTERM)
    assert dirs(client(stranger), f"{root}/")["dirs"] == []
    assert dirs(client(staff), f"{root}/")["dirs"] == [f"{root}/inner"]
