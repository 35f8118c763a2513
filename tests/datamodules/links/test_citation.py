"""Citation graphs: reading an edge list, and what is said where there is none."""

from pathlib import Path

import pytest

from datamodules.errors import UserError
from datamodules.links.citation import CORA_FILE, citation_folder, read_citations, read_cora
from datamodules.links.splits import reciprocal


def edge_list(folder: Path, text: str) -> Path:
    path = folder / "own.cites"
    path.write_text(text, encoding="utf-8")
    return path


def test_edges_run_from_the_citing_node_to_the_cited_one(tmp_path: Path) -> None:
    graph = read_citations(edge_list(tmp_path, "old\tnew\nold\tnewer\n"))
    named = {(graph.node_names[source], graph.node_names[target]) for source, target in graph.edges}
    assert named == {("new", "old"), ("newer", "old")}


def test_repeats_count_once(tmp_path: Path) -> None:
    assert len(read_citations(edge_list(tmp_path, "a\tb\na\tb\nb\ta\n")).edges) == 2


def test_a_line_of_three_words_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="line 2 has 3 words, but an edge needs two"):
        read_citations(edge_list(tmp_path, "a\tb\na\tb\t1\n"))


def test_without_coras_file_it_is_said_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITATION_DIR", str(tmp_path))
    with pytest.raises(UserError, match="Get them from https://raw"):
        read_cora()


def test_another_file_under_coras_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITATION_DIR", str(tmp_path))
    (tmp_path / "cora.cites").write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(UserError, match="not the published file"):
        read_cora()


@pytest.mark.skipif(not (citation_folder() / CORA_FILE).is_file(), reason="Cora is not in CITATION_DIR")
def test_cora_is_the_papers_graph() -> None:
    cora = read_cora()
    assert (cora.num_nodes, len(cora.edges)) == (2708, 5429)
    assert reciprocal(cora).sum() == 302
