"""Progress within a training run, by its epochs."""

from abc import abstractmethod

import pytorch_lightning as pl


class EpochProgress(pl.Callback):
    """Shows the epochs of a training run, in this process or in a worker."""

    @abstractmethod
    def show_epoch(self, done: int, total: int) -> None:
        """Show how far training is.

        Args:
            done: epochs trained.
            total: their largest number.
        """

    def on_train_epoch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,  # noqa: ARG002  # the hook's signature
    ) -> None:
        """Show an epoch that has ended."""
        self.show_epoch(trainer.current_epoch + 1, trainer.max_epochs or 1)
