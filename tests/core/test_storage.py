"""Saved networks: they come back whole, and a truncated, foreign or hostile file gives one clear error."""
# ruff: noqa: E501 - a message stands in one line

import io
import json
import os
import pickle
import stat
import sys
import zipfile

import numpy as np
import pytest

from bplearn import (
    ELU,
    ArgumentError,
    Dense,
    FileFormatError,
    Flatten,
    Layer,
    LeakyReLU,
    Parameter,
    Residual,
    Sequential,
    Tanh,
    layers,
    mlp,
)
from bplearn.files.atomic import atomic_write
from tests.contracts import layers_of_today as today


class Scale(Layer):
    """A learner's own layer: y = scale * x, with a setting."""

    def __init__(self, start=1.0, note="mine"):
        self.start, self.note = start, note
        self.scale = Parameter([start], "scale")

    def forward(self, x):
        return x * self.scale.value, {"x": x, "scale": self.scale.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * cache["scale"], {"scale": (dy * cache["x"]).sum(keepdims=True).reshape(1)}


def network():
    return Sequential(Flatten(), Dense(4, 3, rng=0), LeakyReLU(0.2), Dense(3, 3, rng=1), ELU(1.5), Dense(3, 2, rng=2))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.npz"
    network().save(path)
    return path


def rewritten(path, change):
    """The file with its description changed by `change(header)`."""
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays.pop("description")))
    change(header, arrays)
    np.savez_compressed(path, description=np.array(json.dumps(header)), **arrays)


def complaint(path, **options):
    with pytest.raises(FileFormatError) as caught:
        Sequential.load(path, **options)
    assert caught.value.__cause__ is None
    return str(caught.value).replace(repr(os.fspath(path)), "'net.npz'")


def test_a_network_comes_back_to_the_last_bit(file):
    before, after, x = network(), Sequential.load(file), np.random.default_rng(0).normal(size=(5, 2, 2))
    assert repr(after) == repr(before)
    np.testing.assert_array_equal(after(x), before(x))
    assert [p.name for p in after.parameters()] == [p.name for p in before.parameters()]
    assert not after[1].W.value.flags.writeable


@pytest.mark.parametrize(
    "kind", sorted({k for k in layers.__all__ if isinstance(getattr(layers, k), type)} - {"Layer"})
)
def test_every_layer_can_be_saved(kind, tmp_path):
    kind = getattr(layers, kind)
    layer = Dense(2, 2, rng=0) if kind is Dense else today.build(kind, 2, 2) if kind in today.BUILD else kind()
    x = today.sample(kind, 2, 2) if kind in today.BUILD else np.array([[1.0, -2.0]])
    Sequential(layer).save(tmp_path / "net.npz")
    again = Sequential.load(tmp_path / "net.npz")
    assert repr(again) == f"Sequential({layer!r})"
    np.testing.assert_array_equal(again(x), layer.predict(x))
    np.testing.assert_array_equal(again[0].forward(x)[0], layer.forward(x)[0])  # a random layer draws on from here


def test_float32_comes_back_as_float32(tmp_path):
    mlp(2, 1, rng=0).astype(np.float32).save(tmp_path / "net.npz")
    assert Sequential.load(tmp_path / "net.npz")[0].W.value.dtype == np.float32


def test_a_layer_inside_two_blocks_is_written_once_and_still_shared(tmp_path):
    dense = Dense(2, 2, rng=0)
    Sequential(Residual(dense, Tanh()), dense, Residual(Residual(Tanh(), dense))).save(tmp_path / "net.npz")
    again = Sequential.load(tmp_path / "net.npz")
    assert again[0].layers[0] is again[1] is again[2].layers[0].layers[1]
    assert len(again.parameters()) == 2
    with np.load(tmp_path / "net.npz") as file:
        assert sorted(file) == ["0.W", "0.b", "description"]


def test_a_shared_layer_is_still_shared(tmp_path):
    shared = Dense(2, 2, rng=0)
    Sequential(shared, Tanh(), shared).save(tmp_path / "net.npz")
    again = Sequential.load(tmp_path / "net.npz")
    assert again[0] is again[2]
    assert again.parameters().size == 6


def test_an_own_layer_comes_back_where_it_is_named(tmp_path):
    path = tmp_path / "net.npz"
    Sequential(Dense(2, 2, rng=0), Scale(3.0, note="x")).save(path)
    again = Sequential.load(path, layers=(Scale,))
    assert (again[1].scale.value.tolist(), again[1].start, again[1].note) == ([3.0], 3.0, "x")
    assert complaint(path) == (
        "load('net.npz') expected layers that are known here, got Scale. "
        "If it is your own layer, write Sequential.load(path, layers=(Scale,))."
    )


def test_settings_that_json_cannot_hold_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ArgumentError) as caught:
        Sequential(Scale(note=np.ones(3))).save(tmp_path / "net.npz")
    assert str(caught.value) == (
        "save expected settings that JSON can hold, got Object of type ndarray is not JSON serializable. "
        "Let the layer keep numbers, text and lists only."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_cut_off_anywhere_gives_the_one_error(file):
    whole = file.read_bytes()
    for length in range(0, len(whole), 23):
        file.write_bytes(whole[:length])
        assert complaint(file).startswith(
            "load('net.npz') expected a network that save() wrote, got a truncated or foreign file ("
        )


def test_a_flipped_byte_gives_the_error_or_the_same_network(file):
    """The checksums of zip see a change inside the arrays; a few bytes of its directory mean nothing."""
    whole, x = file.read_bytes(), np.ones((1, 4))
    expected, caught = network()(x), 0
    for place in range(0, len(whole), 17):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            assert np.array_equal(Sequential.load(file)(x), expected), f"byte {place}"
        except FileFormatError:
            caught += 1
    assert caught > len(whole) / 17 / 2


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"x" * 99, pickle.dumps([1, 2]), b"PK\x03\x04 not really"]
)
def test_a_foreign_file_is_named(file, content):
    file.write_bytes(content)
    assert "got a truncated or foreign file (" in complaint(file)


def test_arrays_of_another_program_are_named(file):
    np.savez(file, weights=np.ones(3))
    assert complaint(file) == "load('net.npz') expected a network that save() wrote, got a file of another kind."
    with file.open("wb") as out:
        np.save(out, np.ones(3))
    assert complaint(file).startswith("load('net.npz') expected a network that save() wrote, got ")


def test_a_pickle_inside_is_never_run(file, tmp_path):
    """An object array with a payload: reading it would create the file."""

    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    hostile = np.empty(1, object)
    hostile[0] = Payload()
    member = io.BytesIO()
    np.save(member, hostile, allow_pickle=True)
    for name in ("1.W", "description"):
        network().save(file)
        with zipfile.ZipFile(file) as archive:
            members = {n: archive.read(n) for n in archive.namelist()}
        members[f"{name}.npy"] = member.getvalue()
        with zipfile.ZipFile(file, "w") as archive:
            for n, content in members.items():
                archive.writestr(n, content)
        assert "got a truncated or foreign file (ValueError: Object arrays cannot be loaded" in complaint(file)
    assert not (tmp_path / "owned").exists()


def remove(key):
    return lambda header, arrays: header.pop(key)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda h, a: h.update(version=2), "expected bplearn network 1, got bplearn network 2. Was it written by a newer bplearn?"),
        (lambda h, a: h.update(format="other"), "expected bplearn network 1, got other 1. Was it written by a newer bplearn?"),
        (lambda h, a: a.update({"9.W": np.ones(2)}), "expected arrays for its layers alone, got also 9.W."),
        (lambda h, a: a.update({"1.W": np.ones((2, 2))}), "expected W of shape (4, 3), got (2, 2)."),
        (lambda h, a: a.update({"1.W": np.full((4, 3), np.nan)}), ": W expected finite numbers, got nan at [0, 0] (12 in all). Remove or fill such entries first."),
        (lambda h, a: h["layers"][1]["settings"].update(n_in=-4), ": Dense's n_in expected a whole number of at least 1, got -4."),
        (lambda h, a: h["layers"][1].update({"class": "Layer"}), "expected layers that are known here, got Layer. If it is your own layer, write Sequential.load(path, layers=(Layer,))."),
        (lambda h, a: h["layers"][1].update({"class": "Cache"}), "expected layers that are known here, got Cache. If it is your own layer, write Sequential.load(path, layers=(Cache,))."),
        (lambda h, a: h["layers"][1]["settings"].pop("n_in"), "got a truncated or foreign file (TypeError: "),
        (lambda h, a: h["layers"][1]["settings"].update(forward=1), "expected attributes of its own for Dense, got 'forward', which is one of the class."),
        (lambda h, a: a.pop("1.W"), "got a truncated or foreign file (KeyError: '1.W')."),
        (remove("order"), "got a truncated or foreign file (KeyError: 'order')."),
        (remove("layers"), "got a truncated or foreign file (KeyError: 'layers')."),
        (lambda h, a: h.update(order=[0, 1, 99]), "got a truncated or foreign file (IndexError: "),
        (lambda h, a: h.update(order=[]), ": Sequential expected at least one layer, got none."),
        (lambda h, a: h.update(order=[1, 3, 1]), ": Layer 2, Dense(4 -> 3), expected 4 inputs, got 3 from Dense(3 -> 3). Build it as Dense(3, 3)."),
    ],
)  # fmt: skip
def test_a_file_that_was_tampered_with_is_named(file, change, message):
    rewritten(file, change)
    assert message in complaint(file)


def test_a_missing_file_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Sequential.load(tmp_path / "nowhere.npz")


def test_a_writer_that_fails_leaves_the_old_file_and_no_rubbish(file, monkeypatch):
    before = file.read_bytes()

    def full_disk(out, *args, **kwargs):
        out.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(OSError, match="No space left"):
        mlp(2, 1, rng=0).save(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_ctrl_c_while_writing_leaves_the_old_file_too(file):
    def interrupted(out):
        out.write(b"half")
        raise KeyboardInterrupt

    before = file.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        atomic_write(file, interrupted)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_the_file_has_the_modes_that_the_user_asks_for(tmp_path):
    old = os.umask(0o027)
    try:
        mlp(2, 1, rng=0).save(tmp_path / "net.npz")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "net.npz").stat().st_mode) == 0o640


def test_the_path_is_taken_as_it_is_written(tmp_path):
    """np.savez appends .npz by itself; save does not, so that load finds the same name."""
    mlp(2, 1, rng=0).save(tmp_path / "mine.network")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.network"]
    Sequential.load(str(tmp_path / "mine.network"))


def test_what_is_set_on_a_layer_later_comes_back(tmp_path):
    before = network()
    before[1].name, before[2].note = "hidden", {"why": ["a", 1]}
    before.save(tmp_path / "named.npz")
    after = Sequential.load(tmp_path / "named.npz")
    assert (after[1].name, after[2].note) == ("hidden", {"why": ["a", 1]})
    x = np.arange(8.0).reshape(2, 4)
    assert np.array_equal(after(x), before(x))


class Forgets(Layer):
    """A constructor whose argument is no attribute of the same name: it cannot be built again."""

    def __init__(self, factor):
        self.by = factor

    def forward(self, x):
        return x * self.by, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * self.by, {}


class Doubles(Scale):
    """A constructor that changes its argument into what it refuses."""

    def __init__(self, note="mine"):
        if note == "used":
            raise RuntimeError("already used")
        super().__init__(note="used")
        del self.start


@pytest.mark.parametrize(("layer", "reason"), [(Forgets(2.0), "TypeError"), (Doubles(), "RuntimeError: already used")])
def test_save_refuses_what_load_could_not_read_and_leaves_the_older_file(tmp_path, layer, reason):
    path = tmp_path / "net.npz"
    network().save(path)
    older = path.read_bytes()
    with pytest.raises(ArgumentError, match=f"save expected a layer that .* can build again.*{reason}"):
        Sequential(Dense(2, 1, rng=0), layer).save(path)
    assert path.read_bytes() == older
    assert [found.name for found in tmp_path.iterdir()] == ["net.npz"]
