"""What the report says, and that nothing in it runs or asks for anything that it should not."""

import json
import re

import pandas as pd

from recovery.recover import recover
from recovery.recovery import Recovery
from recovery.report.build import build_report

EVIL = "</script><img src=x onerror=alert(1)>`"


def test_it_has_the_promise_and_every_cell(recovered: Recovery) -> None:
    html = build_report(recovered.cells, recovered.record)
    assert "Not guaranteed: the intervals are made for 90%" in html
    assert "<code>affinity-bench recover MATRIX --draw 20</code>" in html
    assert "promise open" in html
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    there = json.loads(data)
    assert len(there["cells"]) == 600
    first = recovered.cells.iloc[0]
    assert there["sources"][there["cells"][0][0]] == first.source
    assert abs(there["cells"][0][3] - first.value) < 1e-4
    assert "(nothing measured)" in html


def test_names_are_text(half: pd.DataFrame) -> None:
    evil = half.rename(index={"curvature": EVIL}, columns={"curvature": EVIL})
    recovered = recover(evil, model="source-mean")
    html = build_report(recovered.cells, recovered.record)
    assert EVIL not in html
    assert "<img" not in html
    assert "connect-src" not in html
    assert "default-src &#39;none&#39;" in html


def test_a_guarantee_looks_like_one(recovered: Recovery) -> None:
    guarantee = recovered.guarantee.__class__(chosen="drawn", level=0.9, calibration_cells=20, unmeasured=100)
    html = build_report(recovered.cells, recovered.record.model_copy(update={"guarantee": guarantee}))
    assert "promise holds" in html
    assert "Guaranteed: 90% of the remaining cells" in html
