"""Files are replaced whole or left as they were."""

import os
import stat
import subprocess
import sys

import pytest

from innovnet.errors import DataError
from innovnet.graph.write._atomic import atomic_path


def test_a_new_file_appears_with_its_content_and_leaves_nothing_else(tmp_path):
    with atomic_path(tmp_path / "ties.csv") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".csv"
        temporary.write_text("source,target\n")
        assert not (tmp_path / "ties.csv").exists()
    assert (tmp_path / "ties.csv").read_text() == "source,target\n"
    assert [p.name for p in tmp_path.iterdir()] == ["ties.csv"]


def test_after_an_error_the_old_file_stands_and_the_new_one_is_gone(tmp_path):
    target = tmp_path / "ties.csv"
    target.write_text("old")

    def half_written():
        with atomic_path(target) as temporary:
            temporary.write_text("half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_written()
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["ties.csv"]


def test_the_writer_may_itself_replace_the_temporary_file(tmp_path):
    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.unlink()
        temporary.write_text("anew")
    assert (tmp_path / "a.txt").read_text() == "anew"


def test_a_writer_that_leaves_no_file_is_an_error_and_the_old_file_stands(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(FileNotFoundError), atomic_path(target) as temporary:
        temporary.unlink()
    assert target.read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as on Unix")
def test_permissions_and_links_are_kept(tmp_path):
    target, link = tmp_path / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with atomic_path(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize(("name", "says"), [("missing/a.txt", "does not exist"), ("", "is a folder")])
def test_places_that_cannot_be_written_are_named(tmp_path, name, says):
    with pytest.raises(DataError, match=says), atomic_path(tmp_path / name):
        pass


@pytest.mark.skipif(os.name != "posix", reason="kills as on Unix")
def test_a_writer_killed_half_way_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    script = "import os, signal, sys\nfrom innovnet.graph.write._atomic import atomic_path\nwith atomic_path(sys.argv[1]) as t:\n    t.write_text('ne')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    assert subprocess.run([sys.executable, "-c", script, target], check=False).returncode == -9
    assert target.read_text() == "old"
