"""Shares of the matrix after which a campaign is scored, by what is measured at the start."""

FROM_NOTHING, FROM_A_TENTH = "from nothing", "from a tenth"
SHARES = {
    FROM_NOTHING: (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
    FROM_A_TENTH: (0.15, 0.2, 0.3, 0.5),
}
