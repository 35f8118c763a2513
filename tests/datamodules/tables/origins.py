"""Where each committed file of figures comes from, and which columns it has."""

from collections.abc import Callable
from dataclasses import dataclass, field

TASK_COLUMNS = ["name", "title", "group", "kind", "description"]
WORDS = {"regime", "sources", "source", "target", "metric", "task_a", "task_b", *TASK_COLUMNS}
BACKBONES = {
    "Roberta": "roberta",
    "RobertaLarge": "roberta-large",
    "T5": "t5-base",
    "T5Small": "t5-small",
    "Roberta-position": "roberta-position",
}


@dataclass(frozen=True)
class Origin:
    """Where a committed file comes from.

    Attributes:
        repository: the publisher's, as the provenance list has it.
        file: the same figures in the folder with the published ones.
        columns: our columns, and theirs where the names differ (``""``: they have none, ours is constant).
        regimes: their regimes under our names; ``""`` is the one name of a file without regimes.
        only: which of their rows it holds.
    """

    repository: str
    file: str
    columns: dict[str, str]
    regimes: dict[str, str] = field(default_factory=dict)
    only: Callable[[dict[str, str]], bool] = lambda _: True


def same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


def joint(row: dict[str, str]) -> bool:
    return ";" in row["sources"]


def single(row: dict[str, str]) -> bool:
    return not joint(row)


TASKONOMY = same("regime", "sources", "target") | {"ahp": "affinity_ahp"}
TASKONOMY |= same("wins_vs_pixels", "wins_vs_task")
ONE_REGIME = {"regime": "", "sources": "source", "target": "target"}
DISTANCES = ("genetic", "syntactic", "featural", "phonological", "inventory", "geographic")
PAIRS = {
    "source_size": "Transfer lang dataset size",
    "target_size": "Target lang dataset size",
    "size_ratio": "Transfer over target size ratio",
    "source_ttr": "Transfer lang TTR",
    "target_ttr": "Target lang TTR",
    "ttr_distance": "Transfer target TTR distance",
} | {name: name.upper() for name in DISTANCES}
ORIGINS = {
    ("taskonomy", "transfers"): Origin(
        "StanfordVL/taskonomy", "taskonomy/transfers.csv", TASKONOMY, only=single
    ),
    ("taskonomy", "sets"): Origin("StanfordVL/taskonomy", "taskonomy/transfers.csv", TASKONOMY, only=joint),
    ("prompt-transfer", "transfers"): Origin(
        "thunlp/Prompt-Transferability",
        "prompt_transfer/transfers.csv",
        {"regime": "backbone", "sources": "source"} | same("target", "score", "metric"),
        BACKBONES,
    ),
    ("prompt-transfer", "prompt_similarity"): Origin(
        "thunlp/Prompt-Transferability",
        "prompt_transfer/prompt_similarity.csv",
        {"regime": "backbone"} | same("task_a", "task_b", "mean_token_cosine", "concat_cosine"),
        BACKBONES,
    ),
    ("medmnist", "transfers"): Origin(
        "DovileDo/transferability-in-medical-imaging",
        "medmnist/transfers.csv",
        {"regime": "", "sources": "source"}
        | same("target", "auc", "fu", "leep", "logme", "lp", "ncti", "nleep"),
        {"": "fine-tuned"},
    ),
    ("cogtaskonomy", "transfers"): Origin(
        "tjunlp-lab/CogTaskonomy",
        "cogtaskonomy/transfers.csv",
        {"regime": "", "sources": "source"} | same("target", "score"),
        {"": "readme-example"},
    ),
    ("langrank-dep", "transfers"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_dep/transfers.csv",
        ONE_REGIME | {"score": "value"},
        {"": "zero-shot"},
    ),
    ("langrank-dep", "pairs"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_dep/pair_features.csv",
        same("source", "target") | {"word_overlap": "Word overlap"} | PAIRS,
    ),
    ("langrank-mt", "transfers"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_mt/transfers.csv",
        ONE_REGIME | {"bleu": "value"},
        {"": "auxiliary"},
    ),
    ("langrank-mt", "pairs"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_mt/pair_features.csv",
        same("source", "target")
        | {"word_overlap": "Overlap word-level", "subword_overlap": "Overlap subword-level"}
        | PAIRS
        | {f"{name}_to_english": f"{name.upper()}_2" for name in DISTANCES},
    ),
    ("tagging-cotraining", "transfers"): Origin(
        "jbingel/eacl2017_mtl",
        "bingel_mtl/transfers.csv",
        ONE_REGIME | {"gain": "value", "gain_best": "rel_gain_pct_best", "f1": "f1_final"},
        {"": "cotraining"},
    ),
    ("qm9-properties", "transfers"): Origin(
        "lihan97/MoTSE", "motse_qm9/transfers.csv", ONE_REGIME | same("r2", "mae"), {"": "gcn"}
    ),
    ("time-transfer", "transfers"): Origin(
        "KaiNylund/lm-weights-encode-time",
        "timevec_poliaff/transfers.csv",
        ONE_REGIME
        | {
            "loss": "eval_loss",
            "macro_f1": "eval_macro_f1",
            "accuracy": "eval_accuracy",
            "examples": "n_eval",
        },
        {"": "t5-small"},
    ),
}
MEASURED_COLUMNS = ["regime", "sources", "target", "ahp", "wins_vs_pixels", "wins_vs_task", "loss"]
# Measured by this project, or of another form than published: the dataset's own test compares those.
OTHER_FORM = {
    ("mini-vision", "transfers"): MEASURED_COLUMNS,
    ("mini-driving", "transfers"): MEASURED_COLUMNS,
    ("taskweb", "transfers"): [
        *("regime", "sources", "target", "score"),
        *(f"seed_{seed}" for seed in (10, 15, 20, 25, 30, 35, 40, 42)),
    ],
    ("mimic-cotraining", "transfers"): ["regime", "sources", "target", "test", "valid"],
    ("mimic-cotraining", "sets"): ["regime", "sources", "target", "test", "valid"],
    ("model-recycling", "transfers"): ["regime", "sources", "target", "score"],
    ("model-recycling", "base_seeds"): ["regime", "target", "seed", "score"],
}
COLUMNS = {place: list(origin.columns) for place, origin in ORIGINS.items()} | OTHER_FORM
REPOSITORIES = {dataset: origin.repository for (dataset, _), origin in ORIGINS.items()} | {
    "taskweb": "danieljkim0118/TaskWeb",
    "mimic-cotraining": "ShawnKS/MTG-Net",
    "model-recycling": "IBM/model-recycling",
}
