"""The gravity paper's experiment: directed link prediction with six graph autoencoders.

Salha, Limnios, Hennequin, Tran & Vazirgiannis (CIKM 2019), table 2, with the model classes that the benchmark
runs on transfer matrices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import nn

from benchmark.running.trainer import Hardware, make_trainer
from datamodules.links.citation import LinkDataModule
from datamodules.links.splits import DirectedGraph, LinkTask
from lit_models.autoencoder import Autoencoder
from lit_models.gae import GAE, VGAE
from lit_models.gravity import GravityGAE, GravityVGAE
from lit_models.layers.encoders import GCNEncoder
from lit_models.link_prediction.lit_link_prediction import LitLinkPrediction
from lit_models.source_target import SourceTargetGAE, SourceTargetVGAE

EPOCHS = 200
WIDTH = 64
DIM = 32
SOFTENING = 0.01
TOLERANCE = 2.0  # standard deviations


@dataclass(frozen=True)
class PaperModel:
    """One of the paper's six models.

    Attributes:
        build: builds the model from (number of nodes, task).
        auc: published mean AUC on Cora in per cent, by task.
    """

    build: Callable[[int, LinkTask], Autoencoder]
    auc: dict[LinkTask, float]


def _plain(kind: type[GAE]) -> Callable[[int, LinkTask], Autoencoder]:
    return lambda size, _: kind(size, 0, encoder="gcn", width=WIDTH, dim=DIM, dropout=0.0)


def _source_target(kind: type[SourceTargetGAE]) -> Callable[[int, LinkTask], Autoencoder]:
    # The paper's dimension counts both vectors of a node.
    return lambda size, _: kind(size, 0, encoder="gcn", width=WIDTH, dim=DIM // 2, dropout=0.0)


def _gravity(kind: type[GravityGAE]) -> Callable[[int, LinkTask], Autoencoder]:
    return lambda size, task: kind(
        size,
        0,
        encoder="gcn",
        width=WIDTH,
        dim=DIM,
        dropout=0.0,
        mass="target",
        distance_weight=0.05 if task == "biased" else 1.0,
        softening=SOFTENING,
    )


def _auc(general: float, biased: float, bidirectional: float) -> dict[LinkTask, float]:
    return {"general": general, "biased": biased, "bidirectional": bidirectional}


PAPER_MODELS = {
    "gravity VAE": PaperModel(_gravity(GravityVGAE), _auc(91.9, 83.3, 75.0)),
    "gravity AE": PaperModel(_gravity(GravityGAE), _auc(87.8, 83.2, 75.6)),
    "source-target VAE": PaperModel(_source_target(SourceTargetVGAE), _auc(85.3, 63.0, 75.2)),
    "source-target AE": PaperModel(_source_target(SourceTargetGAE), _auc(82.7, 57.8, 65.8)),
    "VAE": PaperModel(_plain(VGAE), _auc(82.8, 50.0, 58.1)),
    "AE": PaperModel(_plain(GAE), _auc(81.3, 50.0, 53.1)),
}


def make_autoencoder(model: str, *, num_nodes: int, task: LinkTask, seed: int) -> Autoencoder:
    """Build one of the paper's models.

    Args:
        model: one of ``PAPER_MODELS``.
        num_nodes: N.
        task: link prediction task.
        seed: seed of the initial weights; torch's global generator is not affected.

    Returns:
        The model with weights initialised as in Glorot & Bengio (AISTATS 2010), as in the authors' code.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        autoencoder = PAPER_MODELS[model].build(num_nodes, task)
        encoder = autoencoder.encoder
        assert isinstance(encoder, GCNEncoder)
        nn.init.xavier_uniform_(encoder.head.weight)  # the first convolution does so by default
    return autoencoder


def run_seed(graph: DirectedGraph, *, model: str, task: LinkTask, seed: int) -> tuple[float, float]:
    """Split the graph, train and test a model once.

    Args:
        graph: the complete graph.
        model: one of ``PAPER_MODELS``.
        task: link prediction task.
        seed: seed of the split, the initial weights and the noise.

    Returns:
        AUC and average precision in per cent.
    """
    datamodule = LinkDataModule(graph=graph, task=task, seed=seed)
    autoencoder = make_autoencoder(model, num_nodes=graph.num_nodes, task=task, seed=seed)
    module = LitLinkPrediction(model=autoencoder, num_nodes=graph.num_nodes, seed=seed)
    trainer = make_trainer(Hardware(), epochs=EPOCHS, callbacks=[])
    trainer.fit(module, datamodule=datamodule)
    (scores,) = trainer.predict(module, datamodule=datamodule) or [None]
    return link_scores(np.asarray(scores), datamodule.is_edge)


def link_scores(scores: npt.NDArray[np.floating], is_edge: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """AUC and average precision of scored pairs.

    Args:
        scores: [P] float, higher = more likely an edge.
        is_edge: [P] bool.

    Returns:
        Both in per cent.
    """
    return 100.0 * roc_auc_score(is_edge, scores), 100.0 * average_precision_score(is_edge, scores)


def agrees(measured: Sequence[float], published: float) -> bool:
    """Whether the measured mean reaches a published mean, up to two standard deviations.

    Args:
        measured: one score per seed, at least two.
        published: published mean, rounded to one decimal.

    Returns:
        False if the measured mean is more than two standard deviations of ``measured`` below.

    >>> agrees([80.0, 82.0], 83.8), agrees([80.0, 82.0], 83.9), agrees([80.0, 82.0], 60.0)
    (True, False, True)
    """
    rounding = 0.05
    return published - float(np.mean(measured)) <= TOLERANCE * float(np.std(measured, ddof=1)) + rounding
