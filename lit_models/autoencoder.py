"""What all graph autoencoders share: an encoder, a decoder, and how the variational ones differ."""

from abc import abstractmethod
from functools import partial
from typing import ClassVar, Protocol

from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import LinkGraph, TaskGraph, undirected
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.layers.encoders import EncoderName, make_encoder
from lit_models.noise import normal, uniform

# Calls of the noise, beyond those that any encoder makes.
_SAMPLE_CALL = 100
_HIDE_CALL = 101


class EncoderFactory(Protocol):
    """Builds an encoder: a module from a graph of N tasks to vectors [N, out_features]."""

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
        """Build it.

        Args:
            num_tasks: tasks of the fit graph.
            num_features: width of Z.
            out_features: width of a task's vector.
            width: hidden width.
            rate: dropout rate, in [0, 1).
            one_hot: whether it takes the tasks' identity.

        Returns:
            The encoder.
        """


class EncoderDecoder(RecoveryModel):
    """An encoder of any kind and a decoder; a subclass names the width of its vectors and decodes them.

    Args:
        num_tasks: tasks of the fit graph.
        num_features: width of Z.
        make_encoder: builds the encoder.
        encoder_name: what the leaderboard calls it.
        width: hidden width of the encoder.
        dim: dimension of a task's position.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: see :class:`Autoencoder`, as for the arguments below.
        hide: share of the observed entries that a training step hides.
        reconstruction: weight of the second loss.

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
                "as well, to 0.3 for example"
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

    @property
    def settings(self) -> frozenset[Setting]:
        """Inductive only without parameters that belong to one known task."""
        if self.knows_tasks_by_identity:
            return frozenset({"transductive"})
        return frozenset({"transductive", "inductive"})

    def vector_size(self, dim: int) -> int:
        """Width of what :meth:`encode` gives of each task, by the dimension of one vector."""
        return self.vectors_per_task * dim + self.scalars_per_task

    def encode(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """Vectors of one graph's N tasks: [N, vectors_per_task · dim + scalars_per_task] float."""
        # Link prediction is the papers': there an undirected model passes messages along directed edges.
        if isinstance(graph, TaskGraph) and not self.directed:
            graph = undirected(graph)
        encoded: Tensor = self.encoder(graph)
        return encoded

    def embed(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """Vectors for one training step, as :meth:`encode` gives them, and what they cost, [] float."""
        z = self.encode(graph)
        return z, z.new_zeros(())

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """Scores [N, N] float, source × target, of the vectors that :meth:`encode` made."""

    def forward(self, graph: TaskGraph) -> Tensor:
        """Scores of one graph, [N, N] float in standardised units."""
        return self.decode(self.encode(graph))

    def objective(self, graph: TaskGraph) -> Tensor:
        """Recovery loss, with or without hidden entries, plus the cost and the reconstruction of vectors."""
        z, cost = self.embed(hide_entries(graph, share=self.hide))
        loss = self.loss(graph, self.decode(z)) + cost
        if self.reconstruction == 0.0:
            return loss
        whole = self.encode(graph).detach()  # moving both ends would shrink all vectors to one point
        return loss + self.reconstruction * (z - whole).square().sum(-1).mean()


class Autoencoder(EncoderDecoder):
    """A graph autoencoder whose encoder is chosen by name.

    Args:
        num_tasks: tasks of the fit graph.
        num_features: width of Z.
        encoder: ``profile``, ``gcn`` or ``dir``.
        width: hidden width of the encoder.
        dim: dimension of a task's position.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: whether a convolution takes the task's identity; without it the model is made of Z alone
            and ranks new tasks as well.
        hide: share of the observed entries that each training step hides from the encoder and asks for
            all the same, in [0, 1).
        reconstruction: weight of the second loss: the squared distance between what a task's vector is
            with those entries hidden and what it is without, ‖ẑ_j − z_j‖², averaged over tasks.

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


class Variational(EncoderDecoder):
    """Makes an autoencoder variational (Kipf & Welling, 2016): normal posteriors, a standard normal prior.

    To be inherited before the autoencoder. Scores come from the posterior mean; training samples it.

    Attributes:
        kl_weight: factor of the divergence beside the mean squared error.
    """

    parts: ClassVar[int] = 2
    kl_weight: float = 0.01

    def posterior(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation of one graph's task vectors, each as :meth:`encode` gives them."""
        mean, log_deviation = super().encode(graph).chunk(2, dim=-1)
        return mean, log_deviation.clamp(max=10.0)

    def encode(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """The posterior's mean."""
        return self.posterior(graph)[0]

    def embed(self, graph: TaskGraph | LinkGraph) -> tuple[Tensor, Tensor]:
        """A sample of the posterior, and its weighted divergence from the prior, averaged over tasks."""
        mean, log_deviation = self.posterior(graph)
        noise = normal(graph.key, mean.shape, call=_SAMPLE_CALL, dtype=mean.dtype)
        return mean + noise * log_deviation.exp(), self.kl_weight * kl_divergence(mean, log_deviation)


def hide_entries(graph: TaskGraph, *, share: float) -> TaskGraph:
    """Take a random part of the observed entries out of a graph, a new one for every noise key.

    Args:
        graph: one graph.
        share: part of the observed entries that goes, in [0, 1).

    Returns:
        The graph with those entries hidden and the affinity of the others divided by 1 − share, as in
        dropout: a profile is then as long as it will be when nothing is hidden.
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
