"""Memory of a cell: what it may take, what one replica needs, and the parts in which the replicas run."""
