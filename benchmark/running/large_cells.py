"""What a run says before it starts: memory and time of the cells that are large, and which do not fit."""

from collections.abc import Iterator

from benchmark.running.launchers.run_plan import RunPlan
from benchmark.running.memory.plan import needs_measuring
from benchmark.running.suite import Cell
from datamodules.splits.protocol import count_splits


def plan_large_cells(plan: RunPlan) -> Iterator[tuple[Cell, str]]:
    """Plan the memory of every cell that could be too large and has no result yet.

    Args:
        plan: the run; receives the plans.

    Yields:
        A cell, and its estimate in words.

    Raises:
        UserError: at the first cell of which not even one replica fits.
    """
    for cell in plan.cells:
        num_tasks = len(plan.table(cell).task_names)
        place, numbers = cell.place, plan.effort.numbers
        splits = len(numbers) if numbers else count_splits(place.setting, place.mask or "1/3")
        if not needs_measuring(
            num_tasks=num_tasks, splits=splits, members=plan.effort.members, hardware=plan.hardware
        ):
            continue
        ready = plan.prepare(cell)
        if ready.description.error or ready.description.unsupported or plan.result_there(ready) is not None:
            continue
        plan.memory[cell.path(plan.out)] = memory = ready.plan()
        if memory.peak_bytes:
            yield cell, str(memory)
