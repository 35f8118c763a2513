"""Writing the tables, figures and card of a finished campaign."""

import pandas as pd

from datamodules.measured_embeddings import write_embeddings
from measurement.ahp import ahp
from measurement.campaign import Campaign
from measurement.card import write_card
from measurement.figures import write_figures
from measurement.games import read_games
from measurement.outcome import (
    affinity_matrix,
    gather_losses,
    retest,
    task_embeddings,
    tasks_table,
    transfers_table,
)
from measurement.task_file import load_tasks

TABLE = "table"  # subfolder


def write_outcome(campaign: Campaign) -> pd.Series:
    """Write tables, figures and a card to a campaign's folder.

    ``losses.parquet`` holds the loss of every test sample. ``affinity.csv`` and ``tasks.csv`` have the format
    of a user's own matrix, and beside them are ``task2vec.npz`` and ``representation.csv``. ``table/`` holds
    all transfers, including pseudo-sources and pairs, in the format of the shipped datasets, with card and
    figures.

    Args:
        campaign: a campaign whose jobs are all done.

    Returns:
        Agreement between seeds per target, see :func:`measurement.outcome.retest`.
    """
    tasks = load_tasks(campaign.tasks).tasks
    losses = gather_losses(tasks, campaign.folder, seeds=campaign.seeds, restarts=campaign.restarts)
    transfers = transfers_table(losses)
    sample = losses.seed.astype(str) + "/" + losses["sample"].astype(str)  # one column, as `ahp` reads
    flat = losses.assign(sample=sample.astype("category")).drop(columns="seed")
    flat.to_parquet(campaign.folder / "losses.parquet", index=False)
    affinity_matrix(transfers, tasks).to_csv(campaign.folder / "affinity.csv")
    known = tasks_table(tasks)
    columns = ["name", "group", "kind", *(["description"] if known.description.all() else [])]
    known[columns].to_csv(campaign.folder / "tasks.csv", index=False)
    agreement = retest(transfers)
    table = campaign.folder / TABLE
    table.mkdir(exist_ok=True)
    transfers.to_csv(table / "transfers.csv", index=False, float_format="%.6g")
    known.to_csv(table / "tasks.csv", index=False)
    task2vec, cka = task_embeddings(tasks, campaign.folder, repetitions=campaign.seeds * campaign.restarts)
    for folder in (campaign.folder, table):
        write_embeddings(folder, [task.name for task in tasks], task2vec=task2vec, cka=cka)
    write_figures(affinity_matrix(transfers, tasks, diagonal=True), table)
    games = read_games(campaign.folder / "losses.parquet")
    indices = {target: ahp(game.wins).consistency_index for target, game in games.items()}
    write_card(campaign, table / "README.md", tasks=tasks, retest=agreement, consistency=pd.Series(indices))
    return agreement
