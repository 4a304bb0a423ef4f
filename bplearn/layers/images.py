"""Convolution and max pooling over images that lie flat in rows: one row is one sample, as for every layer.

A convolution is a Dense layer that looks at one window after the other with the same weights. So a weight is a fork
over all positions, its gradient the sum over them; and a pixel is a fork over all windows that it lies in.
Taught in notebooks/17_layers_of_today.ipynb.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.blocks import check_pooling, check_width, check_windows
from bplearn.checks.layers import first_array
from bplearn.checks.settings import ImageShape, WholeNumber
from bplearn.functional import matmul
from bplearn.initializers import Initializer, glorot_uniform, zeros
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.parameter import Parameter


@final
class Convolution(Layer):
    """Look at every window of an image with the same weights: y[m] at a position = sum(window * W[..., m]) + b[m].

    Shapes: x (N, n_in * H * W) -> y (N, n_out * H' * W'), with `image` = (H, W), H' = H + 2 padding - size + 1,
            W (n_in, size, size, n_out) and b (n_out,). A row holds channel after channel, each line by line.
    Backward: with a line for each window, dW = windows.T @ dy and dwindows = dy @ W.T; each pixel adds up dwindows of
              all windows that it lies in. `padding` adds a rim of zeros.
    Raises: ShapeError for rows of another width.

    >>> edge = Convolution(1, 1, 2, image=(2, 3), weights=[[[[-1.0], [1.0]], [[-1.0], [1.0]]]])
    >>> edge.forward(np.array([[0.0, 0.0, 5.0, 0.0, 0.0, 5.0]]))[0]
    array([[ 0., 10.]])

    Source: LeCun et al. 1989.
    Introduced in: notebooks/17_layers_of_today.ipynb
    """

    n_in = WholeNumber("Convolution's n_in")
    n_out = WholeNumber("Convolution's n_out")
    size = WholeNumber("Convolution's size")
    image = ImageShape("Convolution's image")
    padding = WholeNumber("Convolution's padding", least=0)
    stacks: ClassVar = False

    def __init__(
        self,
        n_in: int,
        n_out: int,
        size: int,
        *,
        image: tuple[int, int],
        padding: int = 0,
        weights: Initializer | Any = glorot_uniform,
        bias: Initializer | Any = zeros,
        rng: RNG = None,
    ) -> None:
        self.n_in, self.n_out, self.size, self.image, self.padding = n_in, n_out, size, image, padding
        check_windows(self)
        W = first_array(self, "weights", weights, (n_in, size, size, n_out), rng)
        self.W, self.b = Parameter(W, "W"), Parameter(first_array(self, "bias", bias, (n_out,), rng), "b")

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_width(self, x, self.n_in * self.image[0] * self.image[1], "n_in * H * W")
        W, b = self.W.value, self.b.value
        images = framed(x.reshape(len(x), self.n_in, *self.image), self.padding)
        windows = windows_of(images, self.size)  # a line for each window
        y = matmul(windows, W.reshape(-1, self.n_out)) + b
        return y.reshape(len(x), -1, self.n_out).mT.reshape(len(x), -1), {"windows": windows, "W": W}

    equations: ClassVar = {
        "dW": "windows.T @ dy, with a line for each window",
        "db": "dy.sum(axis=0), with a line for each window",
        "dx": "dy @ W.T, with each pixel the sum over its windows",
    }

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        windows, W = cache["windows"], cache["W"]
        dy = dy.reshape(len(dy), self.n_out, -1).mT
        lines = dy.reshape(-1, self.n_out)  # as in forward, a line for each window
        grads = {"W": matmul(windows.T, lines).reshape(W.shape), "b": lines.sum(axis=0)}
        if not input_gradient:
            return None, grads
        dwindows = matmul(lines, W.reshape(-1, self.n_out).T)
        dx = added_windows(dwindows, (len(dy), self.n_in, *self.image), self.size, self.padding)
        return dx.reshape(len(dy), -1), grads

    def __repr__(self) -> str:
        padding = f", padding={self.padding}" if self.padding else ""
        return f"Convolution({self.n_in} -> {self.n_out}, size={self.size}, image={self.image}{padding})"


@final
class MaxPooling(Layer):
    """Keep of each tile of an image the largest number: y = max over a tile of size x size pixels.

    Shapes: x (N, channels * H * W) -> y (N, channels * H/size * W/size), with `image` = (H, W)
    Backward: the largest pixel of a tile gets the tile's dy, all others 0; of equal ones the first gets it.
    Raises: ArgumentError where tiles do not fill the image, ShapeError for rows of another width.

    >>> MaxPooling(2, image=(2, 4)).forward(np.array([[1.0, 2.0, 3.0, 4.0, 8.0, 7.0, 6.0, 5.0]]))[0]
    array([[8., 6.]])

    Source: Riesenhuber and Poggio 1999.
    Introduced in: notebooks/17_layers_of_today.ipynb
    """

    size = WholeNumber("MaxPooling's size")
    image = ImageShape("MaxPooling's image")
    channels = WholeNumber("MaxPooling's channels")

    def __init__(self, size: int, *, image: tuple[int, int], channels: int = 1) -> None:
        self.size, self.image, self.channels = size, image, channels
        check_pooling(self)

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_width(self, x, self.channels * self.image[0] * self.image[1], "channels * H * W")
        tiles = self._tiles(x)
        place = tiles.argmax(axis=-1, keepdims=True)
        largest = np.take_along_axis(tiles, place, axis=-1)
        return largest.reshape(*x.shape[:-1], -1), {"place": place}

    equations: ClassVar = {"dx": "dy where x is the largest of its tile, else 0"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        place = cache["place"]
        dtiles = np.zeros((*place.shape[:-1], self.size**2), dy.dtype)
        np.put_along_axis(dtiles, place, dy.reshape(place.shape), axis=-1)
        return self._images(dtiles), {}

    def _tiles(self, x: Array) -> Array:
        """Cut images into tiles: (N, D) -> (N, channels, rows, columns, size * size)."""
        (height, width), s = self.image, self.size
        cut = x.reshape(*x.shape[:-1], self.channels, height // s, s, width // s, s)
        return cut.swapaxes(-3, -2).reshape(*x.shape[:-1], self.channels, height // s, width // s, s * s)

    def _images(self, tiles: Array) -> Array:
        """Put tiles together again: what `_tiles` undoes."""
        s = self.size
        return tiles.reshape(*tiles.shape[:-1], s, s).swapaxes(-3, -2).reshape(*tiles.shape[:-4], -1)


def framed(images: Array, padding: int) -> Array:
    """Return images (..., H, W) with a rim of zeros."""
    rim = [(0, 0)] * (images.ndim - 2) + [(padding, padding)] * 2
    return np.pad(images, rim) if padding else images


def windows_of(images: Array, size: int) -> Array:
    """Lay each window of images (N, C, H, W) in a line: (N * positions, C * size * size).

    >>> windows_of(np.array([[[[1, 2, 3], [4, 5, 6]]]]), 2).tolist()
    [[1, 2, 4, 5], [2, 3, 5, 6]]
    """
    windows = sliding_window_view(images, (size, size), axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(-1, images.shape[1] * size * size)


def added_windows(lines: Array, shape: tuple[int, ...], size: int, padding: int) -> Array:
    """Add the lines that belong to windows to the pixels under them: the way back of `framed` and `windows_of`.

    >>> added_windows(np.ones((2, 4)), (1, 1, 2, 3), 2, 0).tolist()
    [[[[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]]]
    """
    n, channels, height, width = shape[0], shape[1], shape[2] + 2 * padding, shape[3] + 2 * padding
    rows, columns = height - size + 1, width - size + 1
    windows = lines.reshape(n, rows, columns, channels, size, size)
    images = np.zeros((n, channels, height, width), lines.dtype)
    for i in range(size):
        for j in range(size):  # all pixels that lie at place (i, j) of a window
            images[:, :, i : i + rows, j : j + columns] += windows[..., i, j].transpose(0, 3, 1, 2)
    return images[:, :, padding : height - padding, padding : width - padding]
