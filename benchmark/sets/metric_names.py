"""Names of the sets track's metrics, apart from how they are computed: boards are read without torch."""

# In the order of boards; the first is the headline.
METRICS = {
    "spearman": "Spearman",
    "regret@1": "regret@1",
    "regret@3": "regret@3",
    "gain": "gain over best member",
}
