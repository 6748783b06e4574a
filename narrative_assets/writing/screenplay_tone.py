"""What the words of a screenplay tell of feelings, manners of speech, sounds and things. English word lists.

Words only: who feels or speaks is decided in ``screenplay_scenes``.
"""

from __future__ import annotations

import re
from typing import Literal

from schemas.story import Emotion, EmotionName

Delivery = Literal["plain", "whisper", "shout", "stutter", "sung"]
Heard = Literal["on_screen", "off_screen", "voice_over", "device"]


def _words(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{stems})\b", re.IGNORECASE)


_FEELINGS: tuple[tuple[EmotionName, int, re.Pattern[str]], ...] = (
    ("fear", 850, _words(r"terrif\w+|horrif\w+|panic\w*|freaks? out|scream\w*|petrified")),
    ("fear", 650, _words(r"fear(?:s|ful|fully)?|afraid|scared|frighten\w*|alarm(?:ed)?|dread\w*"
         r"|trembl\w+ with fear")),
    ("anger", 800, _words(r"furious\w*|rag(?:e|es|ing)|enraged|seeth\w+|livid")),
    ("anger", 600, _words(r"angr(?:y|ily)|anger|affronted|indignant\w*|offended|outraged|glar(?:es?|ing)"
          r"|growl\w*|snaps")),
    ("anger", 450, _words(r"agitated|annoyed|exasperat\w+|irritat\w+|frustrat\w+|petulant\w*|impatient\w*|scowl\w*")),
    ("awe", 800, _words(r"(?:in|with) awe|awestruck|awed|marvels?|wonderstruck|breathtak\w+")),
    ("awe", 600, _words(r"spectacular|wonder(?:ment)?|amaze\w*|in amazement|majestic|admires?")),
    ("sadness", 750, _words(r"sobs?|weep\w*|wept|cr(?:y|ies|ying)|griev\w+|heartbroken|devastated")),
    ("sadness", 550, _words(r"sad(?:ly|ness)?|tears?|tearful\w*|gloom\w*|mourn\w*|downcast|dejected|sorrow\w*"
                            r"|sighs?")),
    ("disgust", 600, _words(r"disgust\w*|revolt\w+|gags|grimac\w+|repuls\w+|sneer\w*")),
    ("amusement", 600, _words(r"laugh(?:s|ing|ed|ter)?|chuckl\w+|giggl\w+|snicker\w*|amused|haha|jok(?:es|ing)")),
    ("amusement", 400, _words(r"sarcastic\w*|wry(?:ly)?|smirk\w*|playful\w*|teas(?:es|ing)|deadpan|cheeky|dry")),
    ("joy", 650, _words(r"joy\w*|delight\w*|overjoyed|beam(?:s|ing)|cheer(?:s|ful|fully|y)?|excit\w+|happ(?:y"
                        r"|ily)|elated")),
    ("joy", 450, _words(r"smil(?:e|es|ing)|grin(?:s|ning)?|pleased|bright(?:ly|ens)?|merr(?:y|ily)|content(?:ed"
                        r"|edly)?")),
    ("tenderness", 500, _words(r"tender\w*|gent(?:ly|le)|lovingly|warm(?:ly)?|soft(?:ly)?|kiss\w*|hugs?"
                               r"|embrac\w+|caress\w*|sooth\w+")),
    ("surprise", 650, _words(r"shock\w*|startl\w+|stunned|jolts?|astonish\w*|gasps?|flabbergasted|double[- ]take")),
    ("surprise", 450, _words(r"surpris\w+|confus\w+|baffled|perplexed|puzzled|bewilder\w+|incredulous\w*|disbelief")),
    ("unease", 550, _words(r"nervous\w*|anxious\w*|uneas[ey]\w*|worr(?:y|ies|ied)|apprehensive\w*|leery|wary"
                           r"|warily|tense(?:ly)?")),
    ("unease", 400, _words(r"befuddled|awkward\w*|hesita\w+|cautious\w*|reluctant\w*|fidget\w*|doubtful\w*"
                           r"|blank(?:ly)?|embarrass\w+")),
    ("curiosity", 500, _words(r"curio(?:us|usly|sity)|intrigu\w+|wonders|inquisitive\w*|examin(?:es|ing)"
                              r"|expectant\w*|squints?")),
    ("determination", 600, _words(r"determin\w+|resolut\w+|firm(?:ly)?|defian\w+|grim(?:ly)?|steel(?:s|ed)")),
)  # fmt: skip
_UNDONE_BEFORE = re.compile(
    r"\b(?:no|not|never|without|no longer|isn['’]t|doesn['’]t|don['’]t)\s+(?:\w+\s+){0,1}$", re.I
)
_UNDONE_AFTER = re.compile(
    r"^\s+(?:is|was|has|are)?\s*(?:been\s+)?(?:defused|fades?|gone|vanish\w+|melts?|lifts)\b", re.I
)
_SPOKEN_FEELINGS: tuple[tuple[EmotionName, int, re.Pattern[str]], ...] = (
    ("awe", 700, re.compile(r"\b(?:w+o+w+|whoa+|incredible|magnificent)\b", re.I)),
    ("amusement", 500, re.compile(r"\b(?:ha(?:ha)+|hee ?hee|very? funny|ver+y funny)\b", re.I)),
    ("anger", 550, re.compile(r"\b(?:i am upset|how dare|damn|shut up|argh)\b", re.I)),
    ("fear", 550, re.compile(r"\b(?:help me|oh no|please don['’]t|we['’]re doomed)\b", re.I)),
    ("sadness", 400, re.compile(r"\b(?:i miss|goodbye forever|i['’]m so sorry)\b", re.I)),
    ("unease", 350, re.compile(r"\b(?:i['’]m sorry|no way|nuh-uh)\b", re.I)),
)
_DELIVERIES: tuple[tuple[Delivery, re.Pattern[str]], ...] = (
    ("stutter", _words(r"stutter\w*|stammer\w*|sputter\w*")),
    ("whisper", _words(r"whisper\w*|hushed|sotto voce|under (?:his|her|their|its) breath|murmur\w*|mutter\w*")),
    ("shout", _words(r"shout\w*|yell\w*|scream\w*|bellow\w*|hollers?|roars?|at the top of (?:his|her"
                     r"|their) (?:lungs|voice)")),
    ("sung", _words(r"sings?|singing|sung|hums?|croon\w*")),
)  # fmt: skip
_STUTTERED = re.compile(r"\b([A-Za-z]{1,2})-(?:\1-)*\1\w", re.IGNORECASE)
_READ_ALOUD = re.compile(
    r"\breads?\s+(?:[\w']+\s+){0,3}aloud\b|\b(?:over|from|through) (?:the|his|her|their|a) (?:phone|radio"
    r"|speaker|intercom"
    r"|television|tv|computer|walkie-talkie|loudspeaker)[^.]*\b(?:voice|speaks?|says?|announces?)\b"
    r"|\b(?:phone|radio|speaker|intercom|television|tv|computer|loudspeaker)\b[^.]{0,40}\b(?:speaks?|announces?"
    r"|blares?)\b",
    re.IGNORECASE,
)
_EXTENSIONS: tuple[tuple[Heard, re.Pattern[str]], ...] = (
    ("voice_over", re.compile(r"\bV\.? ?O\b|VOICE[- ]?OVER|NARRAT", re.I)),
    ("device", re.compile(r"PHONE|RADIO|\bTV\b|TELEVISION|FILTER|SPEAKER|INTERCOM|COMPUTER|RECORDING|DEVICE"
                          r"|SCREEN", re.I)),
    ("off_screen", re.compile(r"\bO\.? ?[SC]\b|OFF", re.I)),
)  # fmt: skip
_SOUNDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bark", _words(r"bark(?:s|ing|ed)?|yips?|yaps?|woofs?")),
    ("growl", _words(r"growls?|snarls?")),
    ("meow", _words(r"meows?|purrs?")),
    ("birdsong", _words(r"birdsong|birds? (?:sing|chirp)\w*|chirp\w*|tweets?")),
    ("fwoosh", _words(r"f?woo+sh\w*|whoosh\w*|swoosh\w*")),
    ("buzz", _words(r"buzz(?:es|ing)?|vibrat(?:es|ing)|hum of")),
    ("thud", _words(r"thuds?|thumps?")),
    ("crash", _words(r"crash(?:es|ing)?|smash(?:es)?|shatter\w*")),
    ("bang", _words(r"bangs?|gunshots?|explo\w+|booms?")),
    ("rumble", _words(r"rumbl\w+|earth trembles?|earthquake|quakes?")),
    ("thunder", _words(r"thunder(?:s|claps?|ing)?(?! bolt symbols)")),
    ("footsteps", _words(r"footsteps?|(?:takes?|took) [\w ]{0,24}steps?|walks|hikes|strolls|shuffles|runs|paces"
                         r"|scuttles")),
    ("radio", _words(r"radio sounds?|radio (?:crackl\w+|static)|sci-fi electric gizmo|static")),
    ("door", _words(r"doors?(?= (?:opens?|closes?|slams?|creaks?))|(?:opens?|closes?|slams?|shuts?) (?:the|a"
         r"|his|her|their) door"
                    r"|knock(?:s|ing)?")),
    ("wind", _words(r"gusts?|winds? (?:blows?|howls?|rises)|(?:high|strong|howling|cold) winds?|breeze")),
    ("rain", _words(r"rain(?:s|ing|fall)?|downpour")),
    ("splash", _words(r"splash\w*|across a stream")),
    ("water", _words(r"water spout|waterfall|fountain|stream flows|trickl\w+")),
    ("bell", _words(r"bells?|chimes?")),
    ("ring", _words(r"phone rings?|ringtone|rings")),
    ("beep", _words(r"beeps?|bleeps?|pings?")),
    ("clock", _words(r"ticks?|ticking|clock[^.]{0,30}counts? down")),
    ("laugh", _words(r"laughs?|laughter|chuckl\w+|giggl\w+")),
    ("sigh", _words(r"sighs?|exhales?")),
    ("engine", _words(r"engines?|motor|revs")),
    ("siren", _words(r"sirens?")),
    ("applause", _words(r"applau\w+|claps")),
    ("splat", _words(r"splats?")),
    ("stone", _words(r"toss(?:es)? (?:it|a stone)|bounces")),
)  # fmt: skip
_PROPS = _words(
    r"(?P<prop>phone|leash|clock|stone|sign|throne|lantern|lamp|torch|flashlight|key|knife|sword|gun|book"
    r"|letter|map|cup"
    r"|mug|glass|bottle|bag|backpack|suitcase|box|rope|hat|umbrella|camera|guitar|ring|coin|wallet|newspaper|laptop"
    r"|tablet|computer|candle|ball|flower|hammer|axe|stick|staff|bowl|plate|chair|bicycle|bike"
    r"|watch(?! tower))(?:e?s)?"
)
_NOT_PROPS = re.compile(
    r"\b(?:he|she|they|who|to|and|others?) watch(?:es)?\b|\bwatch(?:es)? (?:the|him|her|it|them)\b|\brings?\b(?! on)"
    r"|\b(?:puffy )?ball of\b|\bcamera view\b|\bthe camera\b|\bstone(?= throne\b)",
    re.IGNORECASE,
)


def feeling(text: str) -> Emotion | None:
    """The strongest feeling that words of prose or a parenthetical name, or None."""
    best: tuple[int, int, EmotionName] | None = None
    for name, intensity, pattern in _FEELINGS:
        for match in pattern.finditer(text):
            if _UNDONE_BEFORE.search(text[max(0, match.start() - 40) : match.start()]) or _UNDONE_AFTER.match(
                text[match.end() : match.end() + 40]
            ):
                continue
            if best is None or (intensity, -match.start()) > best[:2]:
                best = (intensity, -match.start(), name)
    return Emotion(name=best[2], intensity=best[0]) if best else None


def worded_feeling(text: str) -> Emotion | None:
    """The feeling that spoken words name outright, or None."""
    found = ((name, intensity) for name, intensity, pattern in _SPOKEN_FEELINGS if pattern.search(text))
    return next((Emotion(name=name, intensity=intensity) for name, intensity in found), None)


def punctuated_feeling(text: str) -> Emotion:
    """A weak guess from the punctuation of spoken words."""
    if "?!" in text or "!?" in text:
        return Emotion(name="surprise", intensity=500)
    if "!" in text:
        return Emotion(name="joy", intensity=300)
    if text.rstrip("\"”'’").endswith("?"):
        return Emotion(name="curiosity", intensity=250)
    if text.rstrip().endswith(("...", "…", "--", "—")):
        return Emotion(name="unease", intensity=250)
    return Emotion()


def named_delivery(text: str) -> Delivery | None:
    """How a parenthetical or an action says that something is spoken, or None."""
    return next((delivery for delivery, pattern in _DELIVERIES if pattern.search(text)), None)


def spoken_delivery(text: str) -> Delivery:
    """How the spelling of a speech says that it is spoken."""
    letters = [sign for sign in text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    if "!!!" in text or (len(letters) >= 5 and capitals * 10 >= len(letters) * 7):
        return "shout"
    return "stutter" if _STUTTERED.search(text) else "plain"


def extension_heard(extension: str) -> Heard | None:
    """What a cue's extension says of where the voice comes from: V.O., O.S., ON PHONE. None where it does not."""
    return next((heard for heard, pattern in _EXTENSIONS if pattern.search(extension)), None)


def is_read_aloud(text: str) -> bool:
    """Whether an action says that a device speaks next."""
    return bool(_READ_ALOUD.search(text))


def sounds_in(text: str) -> tuple[str, ...]:
    """Tags of the sounds that an action makes, in the order it makes them."""
    hits = ((match.start(), tag) for tag, pattern in _SOUNDS if (match := pattern.search(text)))
    return tuple(tag for _, tag in sorted(hits))


def props_in(text: str) -> tuple[str, ...]:
    """Slugs of the things that an action names, in order."""
    told = _NOT_PROPS.sub(" ", text)
    return tuple(dict.fromkeys(match["prop"].lower() for match in _PROPS.finditer(told)))
