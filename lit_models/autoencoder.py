"""Base classes of all graph autoencoders, plain and variational."""

from abc import abstractmethod
from functools import partial
from typing import ClassVar, Protocol

from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import LinkGraph, TaskGraph, is_bipartite, undirected
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.layers.edge_encoder import EdgeEncoder
from lit_models.layers.encoders import EncoderName, make_encoder
from lit_models.noise import normal, uniform

# Numbers of noise draws, above those that encoders use.
_SAMPLE_CALL = 100
_HIDE_CALL = 101
_PAIR_WIDTH = 16  # of the hidden layer that reads pair features


class EncoderFactory(Protocol):
    """Builds an encoder: a module that maps a graph of N tasks to vectors [N, out_features]."""

    def __call__(
        self,
        num_tasks: int,
        num_features: int,
        out_features: int,
        *,
        width: int,
        rate: float,
        one_hot: bool,
    ) -> nn.Module:
        """Build an encoder.

        Args:
            num_tasks: number of tasks in the fit graph.
            num_features: width of Z.
            out_features: width of a task's vector.
            width: hidden width.
            rate: dropout rate, in [0, 1).
            one_hot: whether the encoder takes the task's one-hot identity.

        Returns:
            The encoder.
        """


class EncoderDecoder(RecoveryModel):
    """Base class of all autoencoders: a subclass defines the width of its task vectors and decodes them.

    Where there are pair features, the score of a transfer is the sum of what the vectors of its tasks say and
    a small perceptron of its own features.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        make_encoder: factory of the encoder.
        encoder_name: name of the encoder on the leaderboard.
        width: hidden width of the encoder.
        dim: dimension of a task's position.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: whether the encoder takes the task's one-hot identity; see :class:`Autoencoder` for this and
            the arguments below.
        hide: share of observed entries that each training step hides from the encoder, in [0, 1).
        reconstruction: weight of the reconstruction loss.

    Raises:
        UserError: if a number is out of range.
    """

    vectors_per_task: ClassVar[int] = 1
    scalars_per_task: ClassVar[int] = 0
    parts: ClassVar[int] = 1

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        make_encoder: EncoderFactory,
        encoder_name: str,
        width: int,
        dim: int,
        dropout: float,
        one_hot: bool,
        hide: float,
        reconstruction: float,
    ) -> None:
        super().__init__()
        if not (0.0 <= dropout < 1.0 and 0.0 <= hide < 1.0) or min(width, dim) < 1:
            raise UserError(
                f"an autoencoder needs dropout and hide in [0, 1) and a width and a dim of at least 1; got "
                f"dropout {dropout}, hide {hide}, width {width}, dim {dim}"
            )
        if reconstruction > 0.0 and hide == 0.0:
            raise UserError(
                f"reconstruction {reconstruction} compares vectors with and without hidden entries: set hide "
                "too, for example to 0.3"
            )
        self.hide = hide
        self.reconstruction = reconstruction
        self.encoder_name = encoder_name
        self.knows_tasks_by_identity = one_hot
        self.encoder = make_encoder(
            num_tasks,
            num_features,
            self.parts * self.vector_size(dim),
            width=width,
            rate=dropout,
            one_hot=one_hot,
        )
        self.of_pair: nn.Module | None = None

    def use_pair_features(self, count: int) -> None:
        """Make the decoder's term of pair features, and tell the encoder."""
        if isinstance(self.encoder, EdgeEncoder):
            self.encoder.use_pair_features(count)
        if count:
            self.of_pair = nn.Sequential(
                nn.Linear(count, _PAIR_WIDTH), nn.ReLU(), nn.Linear(_PAIR_WIDTH, 1, bias=False)
            )

    @property
    def settings(self) -> frozenset[Setting]:
        """Inductive only if no parameter belongs to a known task."""
        if self.knows_tasks_by_identity:
            return frozenset({"transductive"})
        return frozenset({"transductive", "inductive"})

    def vector_size(self, dim: int) -> int:
        """Width of a task's encoding by :meth:`encode`, given the dimension of one vector."""
        return self.vectors_per_task * dim + self.scalars_per_task

    def encode(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """Encode one graph of N tasks: [N, vectors_per_task · dim + scalars_per_task] float."""
        # Link prediction follows the papers, in which undirected models pass messages along directed edges.
        if isinstance(graph, TaskGraph) and not self.directed:
            graph = undirected(graph)
        encoded: Tensor = self.encoder(graph)
        return encoded

    def embed(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """Vectors for one training step, as from :meth:`encode`, and a regularisation term, [] float."""
        z = self.encode(graph)
        return z, z.new_zeros(())

    @abstractmethod
    def decode(self, z: Tensor, *, sources: int | None = None) -> Tensor:
        """Scores from the vectors of :meth:`encode`.

        Args:
            z: [N, ...] float.
            sources: number S of sources of a bipartite graph, whose vectors come first; None if every task is
                both source and target.

        Returns:
            [N, N] float, source × target, or [S, T].
        """

    def score(self, z: Tensor, graph: TaskGraph) -> Tensor:
        """Scores [N, N] float from the vectors of :meth:`encode` and a graph's pair features."""
        scores = self.decode(z, sources=graph.affinity.shape[-2] if is_bipartite(graph) else None)
        if self.of_pair is None:
            return scores
        term: Tensor = self.of_pair(graph.edge_attr).squeeze(-1)
        return scores + (term if self.directed else (term + term.mT) / 2)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Scores of one graph, [N, N] float in standardised units."""
        return self.score(self.encode(graph), graph)

    def objective(self, graph: TaskGraph) -> Tensor:
        """Recovery loss on all observed entries, plus regularisation and reconstruction loss."""
        z, cost = self.embed(hide_entries(graph, share=self.hide))
        loss = self.loss(graph, self.score(z, graph)) + cost
        if self.reconstruction == 0.0:
            return loss
        whole = self.encode(graph).detach()  # otherwise all vectors would collapse to one point
        return loss + self.reconstruction * (z - whole).square().sum(-1).mean()


class Autoencoder(EncoderDecoder):
    """A graph autoencoder whose encoder is chosen by name.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        encoder: ``profile``, ``gcn``, ``dir`` or ``edge``.
        width: hidden width of the encoder.
        dim: dimension of a task's position.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: whether convolutions take the task's one-hot identity; without it they use Z only and the
            model can rank new tasks.
        hide: share of observed entries that each training step hides from the encoder but still predicts, in
            [0, 1).
        reconstruction: weight of the reconstruction loss: the squared distance ‖ẑ_j − z_j‖² between a task's
            vectors with and without these entries hidden, averaged over tasks.

    Raises:
        UserError: if a number is out of range.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        encoder: EncoderName = "profile",
        width: int = 32,
        dim: int = 8,
        dropout: float = 0.1,
        one_hot: bool = True,
        hide: float = 0.0,
        reconstruction: float = 0.0,
    ) -> None:
        super().__init__(
            num_tasks,
            num_features,
            make_encoder=partial(make_encoder, encoder),
            encoder_name=encoder,
            width=width,
            dim=dim,
            dropout=dropout,
            one_hot=one_hot,
            hide=hide,
            reconstruction=reconstruction,
        )
        self.knows_tasks_by_identity = one_hot or encoder == "profile"
        self._reads_bipartite = self.directed and encoder in ("profile", "dir")

    @property
    def reads_bipartite(self) -> bool:
        """If the model is directed, and its encoder has a side for sources and one for targets."""
        return self._reads_bipartite


class Variational(EncoderDecoder):
    """Makes an autoencoder variational (Kipf & Welling, 2016): normal posteriors, a standard normal prior.

    A mixin, to be listed before the autoencoder. Scores use the posterior mean; training samples from the
    posterior.

    Attributes:
        kl_weight: weight of the KL divergence relative to the mean squared error.
    """

    parts: ClassVar[int] = 2
    kl_weight: float = 0.01

    def posterior(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation of one graph's task vectors, both shaped as by :meth:`encode`."""
        mean, log_deviation = super().encode(graph).chunk(2, dim=-1)
        return mean, log_deviation.clamp(max=10.0)

    def encode(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """The posterior mean."""
        return self.posterior(graph)[0]

    def embed(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """A sample from the posterior, and its weighted KL divergence from the prior, averaged over tasks."""
        mean, log_deviation = self.posterior(graph)
        noise = normal(graph.key, mean.shape, call=_SAMPLE_CALL, dtype=mean.dtype)
        return mean + noise * log_deviation.exp(), self.kl_weight * kl_divergence(mean, log_deviation)


def hide_entries(graph: TaskGraph, *, share: float) -> TaskGraph:
    """Hide a random part of a graph's observed entries, determined by the noise key.

    Args:
        graph: one graph.
        share: share of observed entries to hide, in [0, 1).

    Returns:
        The graph with these entries hidden and the other affinities divided by 1 − share, as in dropout, so
        that the expected profile is the same as with nothing hidden.
    """
    if share == 0.0:
        return graph
    drawn = uniform(graph.key, graph.affinity.shape, call=_HIDE_CALL, dtype=graph.affinity.dtype)
    kept = drawn >= share
    return graph._replace(affinity=graph.affinity * kept / (1.0 - share), observed=graph.observed & kept)


def kl_divergence(mean: Tensor, log_deviation: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)), summed over dimensions and averaged over tasks.

    Args:
        mean: [N, d] float.
        log_deviation: [N, d] float, log σ.

    Returns:
        [] float, ≥ 0.

    >>> import torch
    >>> kl_divergence(torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2))
    tensor(0.5000)
    """
    terms = 1 + 2 * log_deviation - mean.square() - (2 * log_deviation).exp()
    return -0.5 * terms.sum(-1).mean()
