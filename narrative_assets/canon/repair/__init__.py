"""Repair: a script that contradicts canon is rewritten where it must be; canon never is.

Each module beside this one is a family of strategies; ``STRATEGIES`` holds which of them mend which code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.repair import knowledge, life, places, possession, timeline, values, world_rules
from narrative_assets.canon.repair.case import Strategy
from narrative_assets.canon.repair.loop import REPAIR_VERSION, Repair
from narrative_assets.canon.rules import RuleBook
from schemas.canon import Canon, Waiver
from schemas.repair import RepairLog
from schemas.script import Script

__all__ = ["REPAIR_VERSION", "STRATEGIES", "repair_script"]

_FAMILIES = (values, life, places, possession, knowledge, world_rules, timeline)
STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {code: strategy for family in _FAMILIES for code, strategy in family.STRATEGIES.items()}
)
"""What mends a finding, by its code."""


def repair_script(
    canon: Canon,
    script: Script,
    canon_hash: str,
    *,
    rules: RuleBook = RULES,
    waivers: Sequence[Waiver] = (),
    season_end: bool = False,
) -> tuple[Script, RepairLog]:
    """``script`` rewritten where it contradicts ``canon``, and the log of what was changed and why.

    Each step makes the findings that block fewer and brings none; what no step mends stays as it was, in
    ``RepairLog.unresolved``. A script without such findings comes back as the same object, with an empty log.
    """
    repair = Repair(canon, canon_hash, STRATEGIES, values.MENDS_VALUE, rules, waivers, season_end)
    return repair.mend(script)
