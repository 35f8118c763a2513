"""Figures of a measured matrix: heat map, similarity tree and asymmetry."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

LABELLED_PAIRS = 3  # pairs labelled in the asymmetry figure
CELL = 24  # pixels


def write_figures(matrix: pd.DataFrame, folder: Path) -> list[Path]:
    """Draw a matrix as heat map, similarity tree and asymmetry plot.

    Args:
        matrix: affinities, sources in the index and targets in the columns, higher is better; the diagonal is
            a task's own encoder with a new readout, NaN if not measured.
        folder: where to write ``heat-map.svg``, ``tree.svg`` and ``asymmetry.svg``.

    Returns:
        Paths of the three files.
    """
    z = (matrix - matrix.mean()) / matrix.std()
    linkage = similarity_linkage(z)
    order = [str(z.index[int(i)]) for i in hierarchy.leaves_list(linkage)]
    charts = {"heat-map": _heat_map(z, order), "tree": _tree(z, linkage), "asymmetry": _asymmetry(z)}
    paths = []
    for name, chart in charts.items():
        paths.append(folder / f"{name}.svg")
        chart.configure_view(stroke=None).configure(font="sans-serif").save(paths[-1])
    return paths


def similarity_linkage(z: pd.DataFrame) -> np.ndarray:
    """Average linkage of tasks by 1 − correlation of their transfers to all targets (Taskonomy's tree).

    Args:
        z: standardised affinities, sources in the index and targets in the columns; NaN counts as average.

    Returns:
        Linkage matrix of the sources, in scipy's format.
    """
    distance = pdist(z.fillna(0.0).to_numpy(), metric="correlation")
    return np.asarray(hierarchy.linkage(distance, method="average", optimal_ordering=True))


def _heat_map(z: pd.DataFrame, order: list[str]) -> Chart:
    cells = z.rename_axis("source").reset_index().melt("source", var_name="target", value_name="z").dropna()
    chart: alt.Chart = (
        alt.Chart(cells, title="Affinity, standardised per target")
        .mark_rect()
        .encode(
            x=alt.X("target:N", sort=[name for name in order if name in z], axis=alt.Axis(labelAngle=-60)),
            y=alt.Y("source:N", sort=order, axis=alt.Axis(titlePadding=16)),  # fonts differ in width
            color=alt.Color("z:Q", title="z", scale=alt.Scale(scheme="blueorange", domainMid=0)),
        )
        .properties(width=CELL * z.shape[1], height=CELL * z.shape[0])
    )
    return chart


def _tree(z: pd.DataFrame, linkage: np.ndarray) -> Chart:
    drawn = hierarchy.dendrogram(linkage, labels=list(z.index), no_plot=True)
    lines = pd.DataFrame(
        [
            {"join": number, "corner": corner, "distance": distance, "place": (place - 5) / 10}
            for number, (places, distances) in enumerate(zip(drawn["icoord"], drawn["dcoord"], strict=True))
            for corner, (place, distance) in enumerate(zip(places, distances, strict=True))
        ]
    )
    names = pd.DataFrame({"task": drawn["ivl"], "place": range(len(drawn["ivl"])), "distance": 0.0})
    place = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(names) - 0.5], reverse=True))
    distance = alt.X("distance:Q", title="1 − correlation of transfers", scale=alt.Scale(reverse=True))
    joins = (
        alt.Chart(lines)
        .mark_line(color="#555")
        .encode(x=distance, y=place, order="corner:O", detail="join:N")
    )
    words = alt.Chart(names).mark_text(align="left", dx=6).encode(x=distance, y=place, text="task:N")
    chart = alt.layer(joins, words).properties(
        title="Which tasks help the same targets", width=420, height=CELL * len(names)
    )
    return chart.properties(padding={"left": 5, "right": 130, "top": 5, "bottom": 5})


class _Pair(NamedTuple):
    forth: float
    back: float
    words: str


def _asymmetry(z: pd.DataFrame) -> Chart:
    pairs = pd.DataFrame(_both_ways(z))
    pairs.loc[~pairs.index.isin(_labelled(pairs)), "words"] = ""
    r = float(np.corrcoef(_mirrored(pairs.forth, pairs.back), _mirrored(pairs.back, pairs.forth))[0, 1])
    ends = [min(pairs.forth.min(), pairs.back.min()), max(pairs.forth.max(), pairs.back.max())]
    equal = alt.Chart(pd.DataFrame({"forth": ends, "back": ends})).mark_line(color="#bbb", strokeDash=[4, 4])
    there, back = alt.X("forth:Q", title="z(a → b)"), alt.Y("back:Q", title="z(b → a)")
    points = alt.Chart(pairs).mark_circle(size=40, opacity=0.7).encode(x=there, y=back)
    words = (
        alt.Chart(pairs).mark_text(align="right", dx=-6, fontSize=10).encode(x=there, y=back, text="words:N")
    )
    return alt.layer(equal.encode(x=there, y=back), points, words).properties(
        title=f"Two directions of a pair (r = {r:.2f})", width=480, height=480
    )


def _labelled(pairs: pd.DataFrame) -> list[int]:
    """The pairs that differ most, without those whose words would be on another's."""
    room = 0.04 * float(pairs.back.max() - pairs.back.min())
    chosen: list[int] = []
    for index in (pairs.forth - pairs.back).sort_values(ascending=False).index:
        if len(chosen) < LABELLED_PAIRS and (pairs.back[chosen] - pairs.back[index]).abs().gt(room).all():
            chosen.append(int(index))
    return chosen


def _both_ways(z: pd.DataFrame) -> Iterator[_Pair]:
    """Pairs measured both ways, the better direction first."""
    tasks = [name for name in z.index if name in z.columns]
    for i, one in enumerate(tasks):
        for other in tasks[i + 1 :]:
            a, b = (one, other) if z.loc[one, other] >= z.loc[other, one] else (other, one)
            if np.isfinite([z.loc[a, b], z.loc[b, a]]).all():
                yield _Pair(float(z.loc[a, b]), float(z.loc[b, a]), f"{a} → {b}")


def _mirrored(one: pd.Series, other: pd.Series) -> np.ndarray:
    return np.concatenate([one, other])
