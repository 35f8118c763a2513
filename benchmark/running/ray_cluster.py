"""The Ray cluster that work is given to: an existing one, or a temporary one on this machine."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from datamodules.errors import UserError

CONNECT_SECONDS = 10.0


@contextmanager
def ray_cluster() -> Iterator[Any]:
    """Connect to the cluster at ``RAY_ADDRESS``, or start a temporary local one that is not reachable.

    Yields:
        The ``ray`` module, connected.

    Raises:
        UserError: if Ray is not installed, or nothing answers at the address.
    """
    address = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if not address:
        # Makes Ray bind to 127.0.0.1 only, on any system; read when Ray is imported.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        import ray
        import ray.exceptions
    except ModuleNotFoundError as error:
        raise UserError("--launcher ray needs Ray: pip install 'affinity-bench[ray]'") from error
    if address:
        _check_answers(address)
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except ConnectionError as error:
        raise UserError(f"no Ray cluster answers at RAY_ADDRESS={address}: {error}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Check that something listens where the cluster should be: Ray itself would try for minutes.

    Raises:
        UserError: if nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():  # "auto", or a name that Ray looks up
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise UserError(
            f"no Ray cluster answers at RAY_ADDRESS={address}: {error}: start one with `ray start --head`, "
            "or unset RAY_ADDRESS for a temporary one on this machine"
        ) from error
