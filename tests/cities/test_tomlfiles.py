"""What is wrong in a TOML file is told with its line, wherever it stands."""

import pytest
from marshmallow import Schema, fields

from coalition.cities.errors import FilesInvalid
from coalition.cities.tomlfiles import MAX_FILE_BYTES, read_toml


class Inner(Schema):
    n = fields.Integer(required=True)


class Outer(Schema):
    text = fields.String()
    inner = fields.Nested(Inner)
    many = fields.List(fields.Nested(Inner))


def problems(folder, text):
    file = folder / "a.toml"
    file.write_text(text)
    with pytest.raises(FilesInvalid) as refused:
        read_toml(file, Outer())
    return [(each.line, each.sentence) for each in refused.value.problems]


class TestLine:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('text = "a"\ninner.n = "x"\n', 2),
            ('[inner]\n\nn = "x"\n', 3),
            ('[[many]]\nn = 1\n\n[[many]]\nn = "x"\n', 5),
            ("[[many]]\nn = 1\n[[many]]\n", 3),
            ('text = """\n[[many]]\nn = 1\n"""\n[[many]]\nn = "x"\n', 6),
            ("text = '''\nn = 1'''\n[inner]\nn = true\nn2 = 1\n", 4),
            ('many = [{n = 1}, {n = "x"}]\n', 1),
            ('"text" = 3\n', 1),
            ("# a comment\nunknown = 1\n", 2),
            ("text = \n", 1),
            ("a = 1\nb = [\n", 3),
        ],
    )
    def test_is_where_the_problem_is(self, tmp_path, text, line):
        assert line in [number for number, _ in problems(tmp_path, text)]

    def test_stands_before_the_sentence(self, tmp_path):
        file = tmp_path / "a.toml"
        file.write_text("[inner]\nn = []\n")
        with pytest.raises(FilesInvalid) as refused:
            read_toml(file, Outer())
        assert str(refused.value.problems[0]).startswith(f"{file}:2: inner.n: ")


class TestTextFiles:
    def test_stand_where_they_are_named(self, tmp_path):
        (tmp_path / "b.md").write_text("Hello")
        (tmp_path / "a.toml").write_text('text = { file = "b.md" }')
        assert read_toml(tmp_path / "a.toml", Outer())["text"] == "Hello"

    @pytest.mark.parametrize("name", ["../b.md", "/etc/passwd", "sub/b.md", "none.md", "."])
    def test_are_of_the_same_folder(self, tmp_path, name):
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub/b.md").write_text("secret")
        ((line, sentence),) = problems(tmp_path, f'\ntext = {{ file = "{name}" }}')
        assert line == 2
        assert "cannot be read" in sentence

    def test_are_no_links_to_elsewhere(self, tmp_path):
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub/b.md").write_text("secret")
        (tmp_path / "b.md").symlink_to(tmp_path / "sub/b.md")
        assert problems(tmp_path, 'text = { file = "b.md" }')

    def test_have_a_limit(self, tmp_path):
        (tmp_path / "b.md").write_text("x" * (MAX_FILE_BYTES + 1))
        assert "larger" in problems(tmp_path, 'text = { file = "b.md" }')[0][1]
