"""Citation graphs: reading edge lists, and the datamodule for link prediction on them."""

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
# The copy that the authors of the gravity autoencoders used.
CORA_URL = (
    "https://raw.githubusercontent.com/deezer/gravity_graph_autoencoders/"
    "e27e5ef7c3274844db5f7a4f5d6cac4bf0cc6d66/data/cora.cites"
)
CORA_SHA256 = "ec1a372391b7f0f60a6aff0084e8abd8f19f0faa7e1f2441a41c492042d5945e"


def citation_folder() -> Path:
    """Folder of the public citation graphs: ``CITATION_DIR``, or else a folder in the user's cache."""
    named = os.environ.get("CITATION_DIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "affinity-bench" / "citation"


def read_cora() -> DirectedGraph:
    """Cora (Sen et al., AI Magazine 2008): 2,708 papers and 5,429 citations, citing → cited.

    Returns:
        The graph, read from the local copy.

    Raises:
        UserError: if there is no local copy, or it is not the published file.
    """
    path = citation_folder() / CORA_FILE
    if not path.is_file():
        raise UserError(
            f"{path}: Cora's citations were not found. Get them from {CORA_URL} and put them there, or set "
            f"CITATION_DIR to the folder that contains {CORA_FILE}."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != CORA_SHA256:
        raise UserError(
            f"{path}: not the published file: its SHA-256 is {digest}, not {CORA_SHA256}. Get it from "
            f"{CORA_URL}; to use your own edge list, give its path."
        )
    return read_citations(path)


def read_citations(path: Path) -> DirectedGraph:
    """Read a directed edge list with one edge per line: cited node, white space, citing node.

    Edges run from the citing node to the cited node, as in the gravity paper. Repeated edges and self-loops
    are dropped. Nodes are in the order of their first occurrence in the file.

    Args:
        path: the file, UTF-8.

    Returns:
        The graph, named after the file.

    Raises:
        UserError: if the file cannot be read as an edge list, or has no edges.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
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
                f"{path}: line {number} has {len(words)} words, but an edge needs two: the cited node and "
                "the citing node, separated by white space. Leave out comments and weights."
            )
        cited, citing = (nodes.setdefault(word, len(nodes)) for word in words)
        if cited != citing:
            edges[citing, cited] = None
    if not edges:
        raise UserError(f"{path}: the file has no edge between two different nodes. Check the file.")
    return DirectedGraph(path.stem, tuple(nodes), np.array(list(edges), dtype=np.int64))


class LinkDataModule(pl.LightningDataModule):
    """Serves one split of a directed graph; no batch contains the labels of the query pairs.

    Every epoch is one step on the whole graph.

    Args:
        graph: the whole graph.
        task: link prediction task.
        seed: seed of the split.

    Raises:
        UserError: for an unknown task, or a graph with too few suitable edges.
    """

    def __init__(self, *, graph: DirectedGraph, task: LinkTask, seed: int) -> None:
        super().__init__()
        self.graph = graph
        self.split = make_link_split(graph, task=task, seed=seed)
        self._asked = np.concatenate([self.split.positive, self.split.negative])
        self._order = np.lexsort(self._asked.T[::-1])

    @property
    def link_graph(self) -> LinkGraph:
        """The training graph: the training edges, each with weight 1."""
        size = self.graph.num_nodes
        edges = torch.tensor(self.split.train[np.lexsort(self.split.train.T[::-1])])
        weight = torch.sparse_coo_tensor(
            edges.T, torch.ones(len(edges)), (size, size), is_coalesced=True, check_invariants=True
        )
        return LinkGraph(x=torch.empty(size, 0), weight=weight, key=torch.tensor(0))

    @property
    def query(self) -> LinkQuery:
        """The pairs to score, sorted."""
        return LinkQuery(self.link_graph, torch.tensor(self._asked[self._order]))

    @property
    def is_edge(self) -> npt.NDArray[np.bool_]:
        """Labels of the pairs in ``query``: [P] bool, True for edges."""
        return self._order < len(self.split.positive)

    def train_dataloader(self) -> DataLoader[LinkGraph]:
        """One batch: the training graph."""
        return DataLoader([self.link_graph], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset

    def predict_dataloader(self) -> DataLoader[LinkQuery]:
        """One batch: the training graph and the pairs to score."""
        return DataLoader([self.query], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset
