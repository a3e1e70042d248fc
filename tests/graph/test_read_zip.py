"""Zips and folders that are not what they should be, and what is never done with them."""

import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.graph.read import _zip


def test_places_where_nothing_is(cordis, tmp_path, content):
    with pytest.raises(DataError, match=r"does not exist"):
        inn.read_cordis(tmp_path / "none.zip")
    (tmp_path / "a.csv").write_text("a;b\n")
    with pytest.raises(DataError, match=r"is no zip"):
        inn.read_cordis(tmp_path / "a.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"there is nothing") as caught:
        inn.read_cordis(tmp_path / "empty")
    assert len(caught.value.faults) == 5
    del content["topics.csv"]
    content["organizations.csv"] = content.pop("organization.csv")
    with pytest.raises(DataError) as caught:
        inn.read_cordis(cordis.write_zip(tmp_path / "a.zip", content))
    assert [fault.place for fault in caught.value.faults] == ["organization.csv", "topics.csv"]
    assert "Did you mean 'organizations.csv'?" in str(caught.value)


def test_one_member_for_each_name(cordis, tmp_path, content):
    path = cordis.write_zip(tmp_path / "a.zip", content)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("old/topics.csv", "x")
    with pytest.raises(DataError, match=r"is there 2 times: 'topics.csv', 'old/topics.csv'"):
        inn.read_cordis(path)


def test_a_zip_that_was_cut_off_or_changed(cordis, tmp_path, content):
    path = cordis.write_zip(tmp_path / "a.zip", content)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(DataError, match=r"damaged zip .* fetch it again"):
        inn.read_cordis(path)
    middle = whole.index(b"organization.csv") + 200
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(DataError, match=r"organization.csv cannot be read"):
        inn.read_cordis(path)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10**6), byte=st.integers(1, 255), cut=st.booleans())
def test_no_damage_to_a_zip_goes_further_than_an_error(cordis, tmp_path_factory, place, byte, cut):
    path = cordis.write_zip(tmp_path_factory.getbasetemp() / "damaged.zip", cordis.tables())
    whole = bytearray(path.read_bytes())
    place %= len(whole)
    whole[place] ^= byte
    path.write_bytes(whole[: place + 1] if cut else whole)
    try:
        affiliation = inn.read_cordis(path)
    except DataError:
        return
    assert affiliation.n_memberships == 4  # the damage lies where nothing depends on it


def test_a_bomb_is_not_unpacked(cordis, tmp_path, content, monkeypatch):
    path = tmp_path / "a.zip"
    cordis.write_zip(path, content, change=lambda name, data: data + b"\n" * 20_000_000 if name == "topics.csv" else data)
    with pytest.raises(DataError, match=r"topics.csv: '20,000,[0-9]+' bytes unpacked from [0-9,]+ are more than 200 to 1"):
        inn.read_cordis(path)
    monkeypatch.setattr(_zip, "RATIO_LIMIT", 10_000)
    assert inn.read_cordis(path).n_actors == 3
    monkeypatch.setattr(_zip, "TOTAL_LIMIT", 10_000_000)
    with pytest.raises(DataError, match=r"all members: .* bytes unpacked are more than 10,000,000"):
        inn.read_cordis(path)
    monkeypatch.setattr(_zip, "MEMBER_LIMIT", 1_000_000)
    with pytest.raises(DataError, match=r"topics.csv: .* bytes unpacked are more than 1,000,000"):
        inn.read_cordis(path)


@pytest.mark.parametrize("announced", [10, 100_000])
def test_a_size_that_is_not_as_announced(cordis, tmp_path, content, announced):
    path = cordis.write_zip(tmp_path / "a.zip", content)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("topics.csv").file_size
    whole = bytearray(path.read_bytes())
    entry = whole.rindex(b"topics.csv") - 46
    assert struct.unpack_from("<I", whole, entry + 24)[0] == size
    struct.pack_into("<I", whole, entry + 24, announced)
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"topics.csv (cannot be read|is shorter)"):
        inn.read_cordis(path)


def test_other_ways_of_packing_are_refused(cordis, tmp_path, content):
    topics = content.pop("topics.csv")
    path = cordis.write_zip(tmp_path / "a.zip", content)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "x" * 1000, zipfile.ZIP_LZMA)
        archive.writestr("topics.csv", cordis.text_of(topics), zipfile.ZIP_BZIP2)
    with pytest.raises(DataError, match=r"topics.csv: is packed by method 12") as caught:
        inn.read_cordis(path)
    assert len(caught.value.faults) == 1  # nobody needs the notes
    content["topics.csv"] = topics
    whole = bytearray(cordis.write_zip(path, content).read_bytes())
    whole[whole.rindex(b"topics.csv") - 46 + 8] |= 1
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"topics.csv: is encrypted"):
        inn.read_cordis(path)


def test_nothing_is_written_beside_the_zip(cordis, tmp_path, content):
    path = cordis.write_zip(tmp_path / "a.zip", content)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside.csv", "x")
    inn.read_cordis(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_the_digest_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert _zip.sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
