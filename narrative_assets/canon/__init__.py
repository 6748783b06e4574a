"""What is true: the timeline of facts, diffs, and the gate that judges claims."""

from narrative_assets.canon.diff import propose_diff
from narrative_assets.canon.fold import apply_diff, canon_as_of, initial_canon, stale_changes
from narrative_assets.canon.gate import GATE_VERSION, judge
from narrative_assets.canon.identity import episode_order
from narrative_assets.canon.integrity import require_sound
from narrative_assets.canon.kinds import RULES, rules_of
from narrative_assets.canon.page import canon_page
from narrative_assets.canon.record import episode_record
from narrative_assets.canon.repair import REPAIR_VERSION, repair_script
from narrative_assets.canon.rules import RuleBook, with_rules
from narrative_assets.canon.scope import CanonSource, scoped_canon
from narrative_assets.canon.verdict import blocking, require_clean

__all__ = [
    "GATE_VERSION",
    "REPAIR_VERSION",
    "RULES",
    "CanonSource",
    "RuleBook",
    "apply_diff",
    "blocking",
    "canon_as_of",
    "canon_page",
    "episode_order",
    "episode_record",
    "initial_canon",
    "judge",
    "propose_diff",
    "repair_script",
    "require_clean",
    "require_sound",
    "rules_of",
    "scoped_canon",
    "stale_changes",
    "with_rules",
]
