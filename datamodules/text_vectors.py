"""Vectors of task descriptions by a small language model whose weights come with its Python package.

WordLlama (https://github.com/dleemiller/WordLlama, MIT): one vector per token, from the input embeddings of
large language models; a text is the mean of its tokens. Nothing is downloaded: the extra ``text`` installs
the weights. ``python -m datamodules.text_vectors`` writes the committed vectors of the datasets again.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix

# The model is trained so that the first 64, 128 or all 256 of its dimensions are an embedding each.
DIMENSIONS = 64
FILE = "text.npz"


def is_installed() -> bool:
    """Whether the extra ``text`` is installed."""
    return find_spec("wordllama") is not None and find_spec("tokenizers") is not None


def text_vectors(texts: Sequence[str]) -> FloatMatrix:
    """Embed texts.

    Args:
        texts: N texts, none of them empty.

    Returns:
        [N, 64] float64: means over tokens, of norm 1, rounded to float16 as committed ones are.

    Raises:
        UserError: if the extra ``text`` is not installed.
    """
    weights, tokenizer = _model()
    tokens = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    means = np.stack([weights[ids].mean(0) for ids in tokens])
    normed = means / np.linalg.norm(means, axis=1, keepdims=True)
    rounded: FloatMatrix = normed.astype(np.float16).astype(np.float64)
    return rounded


@cache
def _model() -> tuple[FloatMatrix, Any]:
    """Token vectors [V, 64] float64, and the tokenizer; read without importing the package."""
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations or not is_installed():
        raise UserError("descriptions are embedded by wordllama: pip install 'affinity-bench[text]'")
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = Path(spec.submodule_search_locations[0])
    (weights,) = load_file(folder / "weights" / "l2_supercat_256.safetensors").values()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return weights[:, :DIMENSIONS].astype(np.float64), tokenizer


def write_vectors(folder: Path) -> None:
    """Write the vectors of a dataset's descriptions beside them.

    Args:
        folder: folder with ``tasks.csv``; ``text.npz`` is written, with ``name`` [N] and ``vector`` [N, 64].
    """
    tasks = pd.read_csv(folder / "tasks.csv", keep_default_na=False)
    vectors = text_vectors(tasks.description.tolist()).astype(np.float16)
    np.savez_compressed(folder / FILE, name=tasks.name.to_numpy(dtype=np.str_), vector=vectors)


if __name__ == "__main__":
    from datamodules.tables.dataset import TABLES

    for file in sorted(TABLES.glob("*/tasks.csv")):
        write_vectors(file.parent)
