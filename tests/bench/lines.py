"""The lines of the report: what was measured, against which target, and whether that was met."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `low` and `high` are the least and the greatest of its repetitions; no target: for information."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    bound: Literal["at most", "at least"] = "at most"
    low: float | None = None
    high: float | None = None
    product: str = ""
    bare: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.bound == "at most" else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}


def ratios(
    name: str,
    pairs: Sequence[tuple[float, float]],
    target: float,
    *,
    unit: str,
    bound: Literal["at most", "at least"] = "at most",
    note: str = "",
) -> Line:
    """The median of paired ratios, product to bare; beside it the median of each side in its own unit."""
    each = [product / bare for product, bare in pairs]
    product, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Line(
        name=name,
        value=statistics.median(each),
        unit="x",
        target=target,
        bound=bound,
        low=min(each),
        high=max(each),
        product=f"{product:.3g} {unit}",
        bare=f"{bare:.3g} {unit}",
        note=note,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
