"""Content safety: what a script and the prompts of its shots hold, against the project's rating.

The engine judges and refuses; it rewrites nothing, and it never rewords a prompt to slip past anybody's filter.
"""

from narrative_assets.safety.judging import judge_prompts, judge_script, refusal_of_words, require_safe

__all__ = ["judge_prompts", "judge_script", "refusal_of_words", "require_safe"]
