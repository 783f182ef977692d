"""The provider folder on disk: the one that comes with the product, or another provider's."""

from importlib.resources import files
from pathlib import Path

from policy.folder import FolderError

#: The example provider's. `README.md` in it says what each file is and how it is checked.
SHIPPED = Path(str(files("policy"))) / "provider"


def read_text(folder: Path, name: str) -> str:
    """A file of the folder.

    Raises:
        FolderError: it cannot be read.
    """
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise FolderError(f"{folder / name}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise FolderError(f"{folder / name}: it is not UTF-8") from None
