"""python -m fastls.plot: the pictures of the documentation."""

import pytest

from fastls.plot.__main__ import GRAPHS, PICTURES, main


@pytest.mark.parametrize("name", ["line", "trace_of_a_step", "graph_forward"])
def test_a_picture_is_the_same_each_time(name, tmp_path):
    for folder in ("one", "two"):
        assert main([str(tmp_path / folder), name]) == 0
    one, two = (tmp_path / folder / f"{name}.png" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().startswith(b"\x89PNG")


def test_every_picture_is_in_the_documentation(request):
    folder = request.config.rootpath / "docs" / "pictures"
    assert {path.stem for path in folder.glob("*.png")} == {*PICTURES, *GRAPHS}


def test_an_unknown_name(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path), "nothing"])
    assert "unknown: nothing" in capsys.readouterr().err
