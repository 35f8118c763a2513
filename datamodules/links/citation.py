"""Citation graphs: reading an edge list, and serving one link prediction task on it."""

import hashlib
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader

from datamodules.errors import UserError
from datamodules.graph import LinkGraph, LinkQuery
from datamodules.links.splits import DirectedGraph, LinkTask, make_link_split

CORA_FILE = "cora.cites"
# The copy that the authors of the gravity autoencoders trained on.
CORA_URL = (
    "https://raw.githubusercontent.com/deezer/gravity_graph_autoencoders/"
    "e27e5ef7c3274844db5f7a4f5d6cac4bf0cc6d66/data/cora.cites"
)
CORA_SHA256 = "ec1a372391b7f0f60a6aff0084e8abd8f19f0faa7e1f2441a41c492042d5945e"


def citation_folder() -> Path:
    """Where public citation graphs are looked for: ``CITATION_DIR``, else a folder of the user's cache."""
    named = os.environ.get("CITATION_DIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "affinity-bench" / "citation"


def read_cora() -> DirectedGraph:
    """Cora (Sen et al., AI Magazine 2008): 2,708 papers and 5,429 citations, citing → cited.

    Returns:
        The graph, from the user's own copy.

    Raises:
        UserError: if the copy is not there, or is another file.
    """
    path = citation_folder() / CORA_FILE
    if not path.is_file():
        raise UserError(
            f"{path}: Cora's citations are not there. Get them from {CORA_URL} and put them there, or set "
            f"CITATION_DIR to the folder that holds {CORA_FILE}."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != CORA_SHA256:
        raise UserError(
            f"{path}: not the published file: its SHA-256 is {digest}, not {CORA_SHA256}. Get it from "
            f"{CORA_URL}; an edge list of your own is named by its path."
        )
    return read_citations(path)


def read_citations(path: Path) -> DirectedGraph:
    """Read a directed edge list: one edge a line, the cited node, white space, the citing one.

    Edges run from the citing node to the cited one, as in the gravity paper. Repeated edges count once, and
    edges from a node to itself not at all. Nodes are in the order in which the file names them first.

    Args:
        path: the file, UTF-8.

    Returns:
        The graph, named after the file.

    Raises:
        UserError: if it cannot be read as one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file. Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: this cannot be read as UTF-8 text ({error}). Check the file.") from error
    nodes: dict[str, int] = {}
    edges: dict[tuple[int, int], None] = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        if len(words) != 2:
            raise UserError(
                f"{path}: line {number} has {len(words)} words, and an edge needs two: the cited node and "
                "the citing one, separated by a tab. Leave comments and weights out."
            )
        cited, citing = (nodes.setdefault(word, len(nodes)) for word in words)
        if cited != citing:
            edges[citing, cited] = None
    if not edges:
        raise UserError(f"{path}: there is no edge between two different nodes in it. Check the file.")
    return DirectedGraph(path.stem, tuple(nodes), np.array(list(edges), dtype=np.int64))


class LinkDataModule(pl.LightningDataModule):
    """Serves one split of a directed graph; which of the pairs asked for are edges is in no batch.

    Every epoch is one step on the whole graph.

    Args:
        graph: the whole graph.
        task: link prediction task.
        seed: of the split.
    """

    def __init__(self, *, graph: DirectedGraph, task: LinkTask, seed: int) -> None:
        super().__init__()
        self.graph = graph
        self.split = make_link_split(graph, task=task, seed=seed)
        self._asked = np.concatenate([self.split.positive, self.split.negative])
        self._order = np.lexsort(self._asked.T[::-1])

    @property
    def link_graph(self) -> LinkGraph:
        """What a model sees: the training edges, each of weight 1."""
        size = self.graph.num_nodes
        edges = torch.tensor(self.split.train[np.lexsort(self.split.train.T[::-1])])
        weight = torch.sparse_coo_tensor(
            edges.T, torch.ones(len(edges)), (size, size), is_coalesced=True, check_invariants=True
        )
        return LinkGraph(x=torch.empty(size, 0), weight=weight, key=torch.tensor(0))

    @property
    def query(self) -> LinkQuery:
        """The pairs that are asked for, sorted."""
        return LinkQuery(self.link_graph, torch.tensor(self._asked[self._order]))

    @property
    def is_edge(self) -> npt.NDArray[np.bool_]:
        """[P] bool: which of the pairs in ``query`` are edges."""
        return self._order < len(self.split.positive)

    def train_dataloader(self) -> DataLoader[LinkGraph]:
        """The graph, once."""
        return DataLoader([self.link_graph], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset

    def predict_dataloader(self) -> DataLoader[LinkQuery]:
        """The graph with its questions, once."""
        return DataLoader([self.query], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset
