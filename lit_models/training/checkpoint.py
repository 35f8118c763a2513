"""The description inside a checkpoint: how its model is built, and which data it was fitted to.

Both consist of strings, numbers, lists and dictionaries only, so that ``torch.load(weights_only=True)``
reads them: a checkpoint never holds a pickled class or function.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from datamodules.base import AffinityDataModule
from lit_models.loading.class_path import full_path


def class_path(factory: Any) -> dict[str, Any] | None:
    """The class and arguments behind a factory of models, as a configuration names them.

    Args:
        factory: a class, a function, a :func:`functools.partial` of one with keyword arguments, or what
            jsonargparse makes of ``class_path`` and ``init_args``.

    Returns:
        ``class_path`` and ``init_args``; None for what cannot be imported again by its name, such as a
        lambda, or has arguments that are not plain values.

    >>> from functools import partial
    >>> from lit_models.gae import GAE
    >>> class_path(partial(GAE, encoder="dir"))
    {'class_path': 'lit_models.gae.GAE', 'init_args': {'encoder': 'dir'}}
    >>> class_path(lambda num_tasks, num_features: GAE(num_tasks, num_features))
    """
    try:
        named: dict[str, Any] = _in_words(factory)
    except TypeError:
        return None
    return named


def _in_words(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {name: _in_words(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_in_words(each) for each in value]
    arguments: dict[str, Any] = {}
    if isinstance(value, partial):
        # jsonargparse's own factories are partials of a helper that takes the class as an argument.
        classes = [each for each in value.args if isinstance(each, type)]
        arguments = _in_words(value.keywords)
        value = classes[0] if classes else value.func
    if "<" in getattr(value, "__qualname__", "<"):  # <lambda>, or defined in a function: <locals>
        raise TypeError(f"{value!r} cannot be imported by a name")
    return {"class_path": full_path(value), "init_args": arguments}


def origin_of(datamodule: object) -> dict[str, Any]:
    """Describe the data that a model is fitted to.

    Args:
        datamodule: the trainer's.

    Returns:
        Names of the data and of their preparation, ``task_names`` in the table's order and, for each
        episode, ``order``: which task each row and column of its graph is. Empty if the data did not come
        from an :class:`AffinityDataModule`.
    """
    if not isinstance(datamodule, AffinityDataModule):
        return {}
    table = datamodule.table
    return {
        "dataset": table.name,
        "regime": table.regime,
        "label": table.label,
        "setting": datamodule.setting,
        "z": datamodule.z,
        "scale": datamodule.scale,
        "pairs": datamodule.pairs,
        "task_names": list(table.task_names),
        "order": [datamodule.task_order(split).tolist() for split in datamodule.splits],
    }
