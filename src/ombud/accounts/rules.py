"""Pure rules: good passwords, steps of a second factor, devices."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pyotp

MIN_PASSWORD_CHARACTERS = 10
MIN_DIFFERENT_CHARACTERS = 5
SESSION_LASTS = timedelta(days=30)
SESSION_IDLE = timedelta(days=7)
# How long the second step of a sign-in may take.
SECOND_STEP_LASTS = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
STEP_SECONDS = 30
STEPS_AROUND = 1
LINK_LASTS = {
    "sign_in": timedelta(hours=24),
    "invitation": timedelta(days=7),
    "password_reset": timedelta(hours=1),
}

# What is tried first against any desk. All lower case; letters-for-digits swaps are undone before looking.
COMMON = frozenset(
    """password passwort passw welcome letmein qwertyuiop qwerty asdfghjkl zxcvbnm iloveyou administrator admin
    abcdefghij abcdefghijk football baseball sunshine princess superman trustno changeme default support helpdesk
    customer customerservice service kundendienst ombud woaini woaiwojia nihao mima kefu kehufuwu wodemima
    computer internet dragon monkey master michael charlie summer winter autumn spring january december
    qazwsxedc qqwwee aabbcc test testing testtest guest demo secret hello helloworld login user username""".split()  # noqa: SIM905  # a hundred quotes would hide the words
)
_SWAPS = str.maketrans("013457@$!", "oieastasi")
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def password_problem(password: str, *, email: str) -> str | None:
    """Why a password is too easy, as a code; None for a good one."""
    if len(password) < MIN_PASSWORD_CHARACTERS:
        return "too_short"
    folded = password.casefold()
    own = email.casefold()
    if folded in {own, own.partition("@")[0]} or own in folded:
        return "is_address"
    if len(set(folded)) < MIN_DIFFERENT_CHARACTERS or _is_common(folded):
        return "too_common"
    return None


def _is_common(folded: str) -> bool:
    if folded.isdecimal() and (_is_run(folded) or len(folded) <= MIN_PASSWORD_CHARACTERS + 1):
        # Only digits: a phone number, a birthday, a walk over the keys.
        return True
    # "P@ssw0rd2026!" is "password" with decorations.
    cores = {re.sub(r"[\d\W_]+$", "", folded), re.sub(r"^[\d\W_]+", "", folded), re.sub(r"[\d\W_]+", "", folded)}
    swapped = {core.translate(_SWAPS) for core in cores | {folded}}
    bare = {re.sub(r"[\W_]+", "", core) for core in swapped}
    return not COMMON.isdisjoint(cores | swapped | bare)


def _is_run(digits: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1


def matching_step(secret: str, code: str, *, now: datetime, last_step: int) -> int | None:
    """The time step that a code belongs to, one step of tolerance either way; None if it is wrong or was used.

    Source: RFC 6238, section 5.2: a step is accepted once.
    """
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    typed = re.sub(r"\s", "", code)
    for step in range(present - STEPS_AROUND, present + STEPS_AROUND + 1):
        if step > last_step and pyotp.utils.strings_equal(typed, totp.generate_otp(step)):
            return step
    return None


def normal_recovery_code(code: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    return re.sub(r"[^a-z2-7]", "", code.lower())


def device(user_agent: str) -> str:
    """A browser and its system in two words, for people to recognise: ``Firefox, Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:40]
