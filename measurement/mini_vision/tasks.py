"""The tasks of mini-vision; each description says what the task predicts."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from measurement.mini_vision import maps, scene, spoil
from measurement.mini_vision.draw import as_input
from measurement.mini_vision.photographs import BANDED, FloatArray
from measurement.mini_vision.recipes import (
    Recipe,
    mapped,
    measured,
    numbers,
    puzzled,
    recognised,
    restored,
)
from measurement.task import (
    Examples,
    MapHead,
    MeasuredTask,
    Part,
    VectorHead,
    cross_entropy,
    squared_error,
)

MAP, VECTOR, CLASS = "pixel map", "vector", "class distribution"
TEXTURES = ("brick", "grass", "gravel", "ihc", "cell", "moon")


@dataclass(frozen=True, kw_only=True)
class PatchTask(MeasuredTask):
    """A task on patches, defined by its recipe.

    Attributes:
        recipe: makes inputs and labels.
        outputs: number of channels of the map, length of the vector, or number of classes.
    """

    recipe: Recipe
    outputs: int

    def data(self, part: Part, *, seed: int) -> Examples:
        """Patches with labels; maps and vectors are standardised per channel by the training part."""
        images, labels = self.recipe(part, seed)
        if self.kind == CLASS:
            return Examples(as_input(images), torch.tensor(labels, dtype=torch.int64))
        mean, deviation = _moments(self.recipe, seed)
        return Examples(as_input(images), torch.tensor((labels - mean) / deviation, dtype=torch.float32))

    def head(self, features: tuple[int, ...]) -> nn.Module:
        """A readout that suits the kind of output."""
        if self.kind == MAP:
            return MapHead(features, channels=self.outputs)
        return VectorHead(features, outputs=self.outputs)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy for classes, squared error for maps and vectors."""
        return cross_entropy(output, labels) if self.kind == CLASS else squared_error(output, labels)


@cache
def _moments(recipe: Recipe, seed: int) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each channel of the training part's labels."""
    labels = recipe("train", seed)[1]
    over = tuple(dim for dim in range(labels.ndim) if dim != 1)
    return labels.mean(over, keepdims=True), labels.std(over, keepdims=True) + 1e-6


def _task(
    name: str, group: str, kind: str, outputs: int, recipe: Recipe, title: str, words: str
) -> PatchTask:
    return PatchTask(
        name=name, group=group, kind=kind, outputs=outputs, recipe=recipe, title=title, description=words
    )


TASKS = [
    _task(
        "autoencoding",
        "restoration",
        MAP,
        3,
        restored(spoil.keep),
        "Autoencoding",
        "The patch itself at half the resolution.",
    ),
    _task(
        "denoising",
        "restoration",
        MAP,
        3,
        restored(spoil.add_noise),
        "Denoising",
        "The clean patch behind one with added noise.",
    ),
    _task(
        "inpainting",
        "restoration",
        MAP,
        3,
        restored(spoil.cut_hole),
        "Inpainting",
        "The whole patch behind one with a grey square in it.",
    ),
    _task(
        "super-resolution",
        "restoration",
        MAP,
        3,
        restored(spoil.lower_resolution),
        "Super-resolution",
        "The patch behind its averages over squares of four pixels.",
    ),
    _task(
        "edges",
        "2D",
        MAP,
        1,
        mapped(maps.edges),
        "2D edges",
        "How strong the intensity edge is at each pixel.",
    ),
    _task(
        "keypoints",
        "2D",
        MAP,
        1,
        mapped(maps.keypoints),
        "2D keypoints",
        "How much of a corner each pixel is.",
    ),
    _task(
        "boundaries",
        "2D",
        MAP,
        1,
        mapped(maps.boundaries),
        "Segment boundaries",
        "Borders of segments that were found without supervision.",
    ),
    _task(
        "texture-energy",
        "2D",
        MAP,
        2,
        mapped(maps.texture),
        "Texture energy",
        "Local energy at two spatial frequencies.",
    ),
    _task(
        "curvature",
        "surface",
        MAP,
        2,
        mapped(maps.curvature),
        "Curvature",
        "Both principal curvatures of the intensity surface.",
    ),
    _task("blobs", "surface", MAP, 2, mapped(maps.blobs), "Blobs", "Bright and dark blobs at two scales."),
    _task(
        "orientation",
        "surface",
        MAP,
        2,
        mapped(maps.orientation),
        "Orientation",
        "The direction of the grain at each pixel as a double angle.",
    ),
    _task(
        "shading", "surface", MAP, 1, mapped(maps.shading), "Shading", "Slow changes of light over the patch."
    ),
    _task(
        "depth",
        "3D",
        MAP,
        1,
        measured(scene.depth),
        "Depth",
        "Measured nearness in a scene with a motorcycle.",
    ),
    _task(
        "normals",
        "3D",
        MAP,
        3,
        measured(scene.normals),
        "Surface normals",
        "Normals of the measured surface in a scene with a motorcycle.",
    ),
    _task(
        "gradient-histogram",
        "statistics",
        VECTOR,
        32,
        numbers(maps.gradients, square=16),
        "Gradient histogram",
        "Gradients by direction in each quarter of the patch.",
    ),
    _task(
        "blur-level",
        "statistics",
        VECTOR,
        1,
        puzzled(spoil.blur),
        "Blur level",
        "By how many pixels the patch was blurred.",
    ),
    _task(
        "photograph-class",
        "semantic",
        CLASS,
        len(BANDED),
        recognised(BANDED, spoil=spoil.keep),
        "Photograph class",
        "Which of nine photographs the patch is from.",
    ),
    _task(
        "texture-class",
        "semantic",
        CLASS,
        len(TEXTURES),
        recognised(TEXTURES, spoil=spoil.even_out),
        "Texture class",
        "Which of six surfaces the patch shows, colour and contrast taken away.",
    ),
]
