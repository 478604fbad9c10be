"""Code of Terraform plans: the folders near a plan that can contain its code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...model.place import Place
from ..file_names import FileNames

if TYPE_CHECKING:
    from .plan import PlaceOfBlock
    from .plan_configuration import Block, Configuration
    from .plan_origin import Blocks


class PlanCode:
    """Finds the code of plans: next to a plan, in a folder above it, or in the working directory.

    Args:
        names: names the files of the code; files outside its root are not read.
    """

    def __init__(self, names: FileNames) -> None:
        self._names = names
        self._blocks: dict[Path, Blocks] = {}

    def finder(self, folder: Path) -> PlaceOfBlock:
        """Return the function that finds a block of a plan in this folder."""

        def place_of_block(configuration: Configuration, block: Block, attribute: str) -> Place | None:
            return self._blocks_near(folder).place_of(configuration, block, attribute)

        return place_of_block

    def _blocks_near(self, folder: Path) -> Blocks:
        from .plan_origin import Blocks

        if folder not in self._blocks:
            near = (folder, *folder.parents, Path.cwd())
            folders = [each for each in near if self._names.is_below_root(each)]
            self._blocks[folder] = Blocks(folders, self._names.name_below_root)
        return self._blocks[folder]
