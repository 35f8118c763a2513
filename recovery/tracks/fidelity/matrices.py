"""The pairs of a cheap and a dear matrix that the track is run on."""

from typing import NamedTuple

from benchmark.cli_arguments import listed
from datamodules.affinity_table import AffinityTable
from datamodules.cheap_matrix import read_with_cheap
from datamodules.errors import UserError
from datamodules.registry import DATASETS


class CheapAndDear(NamedTuple):
    """A cheap and a dear measurement of the same transfers.

    Attributes:
        dataset: the dataset of both.
        cheap: the regime, or the pair feature, that is known in full.
        dear: the regimes of which a share is known; the mean of several.
    """

    dataset: str
    cheap: str
    dear: tuple[str, ...]

    @property
    def name(self) -> str:
        """As files and boards call it."""
        return f"{self.cheap}-to-{'+'.join(self.dear)}"

    @property
    def title(self) -> str:
        """In words."""
        return f"{self.dataset}: {self.cheap} → {' and '.join(self.dear)}"

    def read(self) -> AffinityTable:
        """The dear matrix, with the cheap one as its only pair feature."""
        return read_with_cheap(DATASETS[self.dataset], cheap=self.cheap, dear=self.dear)


MATRICES = (
    CheapAndDear("taskonomy", "1k", ("16k",)),
    CheapAndDear("mini-vision", "seed-0", ("seed-1", "seed-2")),
    CheapAndDear("prompt-transfer", "roberta", ("roberta-large",)),
    CheapAndDear("prompt-transfer", "t5-small", ("t5-base",)),
    CheapAndDear("taskweb", "t5s", ("t5l-finetune",)),
    CheapAndDear("medmnist", "lp", ("fine-tuned",)),
)


def matrices_of(dataset: str) -> list[CheapAndDear]:
    """Those of some datasets.

    Args:
        dataset: names separated by commas, or ``all``.

    Returns:
        In the order of :data:`MATRICES`.

    Raises:
        UserError: for a dataset without a cheap matrix.
    """
    names = listed(dataset)
    having = list(dict.fromkeys(each.dataset for each in MATRICES))
    unknown = [name for name in names if name not in (*having, "all")]
    if unknown or not names:
        raise UserError(
            f"no cheap matrix is known of {', '.join(unknown) or 'no dataset'}: choose from "
            f"{', '.join(having)}, or all. For a matrix of your own, pass it to `affinity-bench recover "
            "MATRIX --pairs CHEAP`"
        )
    return [each for each in MATRICES if "all" in names or each.dataset in names]
