"""The Lightning module that trains a graph autoencoder for link prediction on one large directed graph.

Follows the protocol of Salha, Limnios, Hennequin, Tran & Vazirgiannis (CIKM 2019, section 4): the whole graph
is one batch, and the loss is a weighted cross-entropy over all N² pairs.
"""

from collections.abc import Callable

import pytorch_lightning as pl
import torch
from torch import Tensor

from datamodules.graph import LinkGraph, LinkQuery
from lit_models.autoencoder import Autoencoder, Variational
from lit_models.link_prediction.dense_decoder import all_pairs_cross_entropy
from lit_models.noise import fold_in


def pair_scores(decode: Callable[[Tensor], Tensor], z: Tensor, pairs: Tensor) -> Tensor:
    """Scores of some pairs, without computing all N².

    Args:
        decode: maps vectors [..., N, d] to scores [..., N, N].
        z: [N, d] float, node vectors.
        pairs: [P, 2] int64, source and target.

    Returns:
        [P] float.
    """
    # Each pair is decoded as a graph of two nodes, so training and evaluation share one decoder.
    return decode(z[pairs])[:, 0, 1]


def reconstruction_loss(model: Autoencoder, z: Tensor, edges: Tensor) -> Tensor:
    """Cross-entropy over all N² pairs with labels A + I; edges and non-edges have equal total weight.

    norm · mean_ij [w y log(1 + exp(−s)) + (1 − y) log(1 + exp(s))] with w = (N² − E) / E and
    norm = N² / (2 (N² − E)), as in the code of Kipf & Welling (2016) that the gravity paper builds on.

    Args:
        model: provides the decoder.
        z: [N, d] float, node vectors.
        edges: [E, 2] int64, source and target; without self-loops.

    Returns:
        [] float.
    """
    pairs, count = len(z) ** 2, len(edges)
    loops = torch.arange(len(z), device=z.device)[:, None].expand(-1, 2)
    mean = all_pairs_cross_entropy(model, z, torch.cat([edges, loops]), edge_weight=(pairs - count) / count)
    return pairs / (2 * (pairs - count)) * mean


class LitLinkPrediction(pl.LightningModule):
    """Trains an autoencoder on a :class:`LinkGraph` and scores the pairs of a :class:`LinkQuery`.

    Args:
        model: the autoencoder; its encoder is a convolution on one-hot identities. The ``kl_weight`` of a
            variational one is set to 1 / N, as in Kipf & Welling's code (there 0.5 / N of twice the
            divergence).
        num_nodes: number of nodes N.
        seed: seed of the noise.
        learning_rate: learning rate of Adam (Kingma & Ba, ICLR 2015).
        epsilon: ε of Adam. The authors' TensorFlow 1 adds its 1e-8 before bias correction, which corresponds
            to 1e-8 / √(1 − β₂ᵗ) here: 3e-7 in the first step. Gradients of single weights of a large graph
            are that small. With 1e-8, the first steps would all have the same length, and the plain
            autoencoder would hardly exceed chance level in 200 epochs.
    """

    def __init__(
        self,
        *,
        model: Autoencoder,
        num_nodes: int,
        seed: int,
        learning_rate: float = 0.1,
        epsilon: float = 3e-7,
    ) -> None:
        super().__init__()
        self.model = model
        self.seed = seed
        self.learning_rate = learning_rate
        self.epsilon = epsilon
        if isinstance(model, Variational):
            model.kl_weight = 1.0 / num_nodes

    def training_step(self, graph: LinkGraph, _: int) -> Tensor:
        """Loss of the whole graph, with the noise of this step."""
        key = fold_in(fold_in(graph.key, self.seed), self.global_step)
        z, cost = self.model.embed(graph._replace(key=key))
        return reconstruction_loss(self.model, z, graph.weight.indices().mT) + cost

    def predict_step(self, query: LinkQuery, _: int) -> Tensor:
        """Scores of the query pairs, [P] float, by the posterior mean."""
        return pair_scores(self.model.decode, self.model.encode(query.graph), query.pairs)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam with a constant learning rate."""
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate, eps=self.epsilon, fused=True)
