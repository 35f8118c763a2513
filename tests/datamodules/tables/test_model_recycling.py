"""What the card of the model recycling table says of it, and its figures against the published ones."""

import re

import numpy as np
import pandas as pd
import pytest

from datamodules.tables.model_recycling import MODEL_RECYCLING

from .published import card, card_table, prose, published, read

NAME = "model-recycling"
BASES = {
    "deberta-v3-base": "microsoft/deberta-v3-base",
    "roberta-base": "roberta-base",
    "bert-base-uncased": "bert-base-uncased",
}
ARCHITECTURES = {"microsoft_deberta-v3-base": "deberta-v3-base"} | {n: n for n in list(BASES)[1:]}
each_regime = pytest.mark.parametrize("regime", MODEL_RECYCLING.regimes)


@pytest.fixture(scope="module")
def seeds() -> pd.DataFrame:
    return pd.read_csv(MODEL_RECYCLING.folder / "base_seeds.csv")


def left_out(regime: str) -> list[str]:
    """The broken checkpoints that the card lists."""
    (line,) = [line for line in card(NAME).splitlines() if line.startswith(f"**{regime}** (")]
    names = re.findall(r"`([^`]+)`", line)
    assert f"**{regime}** ({len(names)}): " in line
    return names


def test_all_published_checkpoints_are_there_but_the_broken_ones() -> None:
    broken = {regime: set(left_out(regime)) for regime in BASES}
    theirs = [
        (regime, row["source"], row["target"], row["value"])
        for architecture, regime in ARCHITECTURES.items()
        for row in published("model_recycling/transfers.csv")
        if row["architecture"] == architecture and row["source"] not in broken[regime]
    ]
    ours = read(MODEL_RECYCLING.folder / "transfers.csv")
    assert [(r["regime"], r["sources"], r["target"], r["score"]) for r in ours] == theirs


def test_the_rule_leaves_out_those_that_the_card_lists(seeds: pd.DataFrame) -> None:
    rows = pd.DataFrame(published("model_recycling/transfers.csv"))
    rows["value"] = rows.value.astype(float)
    for architecture, regime in ARCHITECTURES.items():
        scores = rows[rows.architecture == architecture].pivot(
            index="source", columns="target", values="value"
        )
        deviation = seeds[seeds.regime == regime].groupby("target").score.std()
        far_below = (scores - scores.mean()) / deviation <= -8
        broken = far_below.index[far_below.sum(axis=1) >= 5]
        assert sorted(left_out(regime)) == sorted(broken)
        counts = {row[0]: row[1:4] for row in card_table(NAME, "| regime | published |")}
        kept = len(scores) - len(broken)
        assert counts[regime] == [str(len(scores)), str(len(broken)), str(kept)]


def test_seeds_equal_the_published_ones() -> None:
    theirs = [
        (regime, row["target"], row["seed"], row["value"])
        for architecture, regime in ARCHITECTURES.items()
        for row in published("model_recycling/baseline_seed_runs.csv")
        if row["architecture"] == architecture
    ]
    ours = read(MODEL_RECYCLING.folder / "base_seeds.csv")
    assert [(r["regime"], r["target"], r["seed"], r["score"]) for r in ours] == theirs


@each_regime
def test_the_plain_model_is_the_mean_of_its_seeds(regime: str, seeds: pd.DataFrame) -> None:
    table = MODEL_RECYCLING.read(regime=regime)
    base = table.task_names.index(BASES[regime])
    mean = seeds[seeds.regime == regime].groupby("target").score.mean().reindex(table.task_names)
    targets = table.eligible.any(0)
    np.testing.assert_allclose(table.value[base, targets], mean[targets], rtol=0, atol=1e-4)


@each_regime
def test_replicates_are_the_seeds_of_the_plain_model(regime: str, seeds: pd.DataFrame) -> None:
    table = MODEL_RECYCLING.read(regime=regime)
    replicates = table.replicates
    assert replicates is not None
    assert replicates.runs is None
    base = table.task_names.index(BASES[regime])
    expected = np.where(table.eligible, 1, 0)
    expected[base] *= 20
    np.testing.assert_array_equal(replicates.count, expected)
    cola = table.task_names.index("cola")
    runs = seeds[(seeds.regime == regime) & (seeds.target == "cola")].score
    of_cola = replicates.deviation[table.eligible[:, cola], cola]
    np.testing.assert_allclose(of_cola, runs.std(), rtol=1e-12)
    np.testing.assert_array_equal(np.isfinite(replicates.deviation), table.eligible)


def test_noise_is_the_cards() -> None:
    listed = {row[0]: row[4:] for row in card_table(NAME, "| regime | published |")}
    for regime in MODEL_RECYCLING.regimes:
        table = MODEL_RECYCLING.read(regime=regime)
        targets = np.flatnonzero(table.eligible.any(0))
        assert table.replicates is not None
        noise = np.nanmax(table.replicates.deviation[:, targets], axis=0) ** 2
        between = table.value[table.eligible.any(1)][:, targets].var(axis=0, ddof=1)
        alone = [table.task_names[target] for target in targets[noise > between]]
        assert listed[regime] == [f"{100 * np.median(noise / between):.0f} %", str(len(alone))]
        assert f"{regime}: " + ", ".join(f"`{name}`" for name in alone) in prose(NAME)


def test_sources_and_targets_are_apart_and_named_so() -> None:
    kinds = {task["name"]: task["kind"] for task in read(MODEL_RECYCLING.folder / "tasks.csv")}
    transfers = read(MODEL_RECYCLING.folder / "transfers.csv")
    assert {kinds[row["sources"]] for row in transfers} == {"checkpoint"}
    assert {kinds[row["target"]] for row in transfers} == {"class", "score"}
    tasks = pd.DataFrame(read(MODEL_RECYCLING.folder / "tasks.csv"))
    checkpoints = tasks[tasks.kind == "checkpoint"]
    silent = (checkpoints.group == "not told by the name").sum()
    assert f"{silent} of {len(checkpoints)} names do not tell" in prose(NAME)
