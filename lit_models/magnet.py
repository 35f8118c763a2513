"""MagNet, the graph network of the magnetic Laplacian (Zhang et al., NeurIPS 2021), as an encoder."""

from functools import partial

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, to_data
from lit_models.noise import dropout
from lit_models.source_target import SourceTarget


def _layers() -> tuple[type[nn.Module], type[nn.Module]]:
    """The library's convolution and complex ReLU; it is an extra, imported only where a model needs it."""
    try:
        from torch_geometric_signed_directed.nn.directed import MagNetConv, complex_relu_layer
    except ModuleNotFoundError as error:
        raise UserError(
            f"MagNet needs torch-geometric-signed-directed (no module named '{error.name}'): "
            "pip install 'affinity-bench[magnet]'"
        ) from error
    return MagNetConv, complex_relu_layer


class MagNetEncoder(nn.Module):
    """Two magnetic convolutions with complex ReLUs, unwound to real numbers by a linear map.

    A convolution is a Chebyshev polynomial of the scaled Laplacian L = I − D_s^−½ A_s D_s^−½ ∘ exp(iΘ), with
    A_s = (A + Aᵀ) / 2 and Θ = 2πq (A − Aᵀ) (Zhang et al., NeurIPS 2021, sections 2 and 3). It is Hermitian;
    how strong an edge is lies in its modulus, where it points in its phase.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the result.
        width: complex width of both convolutions.
        rate: dropout rate before the linear map.
        one_hot: use the identity; its weights belong to known tasks, so that no new one can be embedded.
        charge: q, in [0, 0.25]; at 0 directions are forgotten.
        order: K, the degree of the polynomial.

    Raises:
        UserError: if the library is not there, or if there is neither identity nor Z.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        out_features: int,
        *,
        width: int,
        rate: float,
        one_hot: bool,
        charge: float,
        order: int,
    ) -> None:
        super().__init__()
        convolution, relu = _layers()
        self.rate = rate
        self.one_hot = one_hot
        entering = num_features + (num_tasks if one_hot else 0)
        if entering == 0:
            raise UserError("an encoder without one-hot input needs task embeddings: set z to 'metadata'")
        self.convolutions = nn.ModuleList(
            convolution(features, width, K=order, q=charge, trainable_q=False)
            for features in (entering, width)
        )
        self.relu = relu()
        self.head = nn.Linear(2 * width, out_features)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks, outside vmap: [N, out_features] float."""
        data = to_data(graph)
        identity = torch.eye(data.num_nodes, dtype=graph.x.dtype, device=graph.x.device)
        real = torch.cat([identity, graph.x], dim=-1) if self.one_hot else graph.x
        imaginary = real  # as in the authors' experiments
        for convolution in self.convolutions:
            real, imaginary = convolution(real, imaginary, data.edge_index, data.edge_weight)
            real, imaginary = self.relu(real, imaginary)
        unwound = torch.cat([real, imaginary], dim=-1)
        unwound = dropout(unwound, graph.key, call=0, rate=self.rate, training=self.training)
        encoded: Tensor = self.head(unwound)
        return encoded


class SourceTargetMagNet(SourceTarget):
    """Source-target GAE on a MagNet encoder; runs one replica at a time.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        width: complex width of the convolutions.
        dim: dimension of a source and of a target vector.
        dropout: dropout rate before the linear map, in [0, 1).
        one_hot: see :class:`Autoencoder`.
        hide: see :class:`Autoencoder`.
        reconstruction: see :class:`Autoencoder`.
        charge: q, in [0, 0.25].
        order: K, the degree of the polynomial, at least 1.

    Raises:
        UserError: if a number is out of range or the library is not there.
    """

    # The layers merge the edges of a pair, so that their number depends on what is observed.
    batchable: bool = False

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        width: int = 32,
        dim: int = 8,
        dropout: float = 0.1,
        one_hot: bool = True,
        hide: float = 0.0,
        reconstruction: float = 0.0,
        charge: float = 0.25,
        order: int = 1,
    ) -> None:
        if not 0.0 <= charge <= 0.25 or order < 1:
            raise UserError(
                f"MagNet needs a charge in [0, 0.25] and an order of at least 1; got charge {charge}, "
                f"order {order}"
            )
        super().__init__(
            num_tasks,
            num_features,
            make_encoder=partial(MagNetEncoder, charge=charge, order=order),
            encoder_name="magnet",
            width=width,
            dim=dim,
            dropout=dropout,
            one_hot=one_hot,
            hide=hide,
            reconstruction=reconstruction,
        )
