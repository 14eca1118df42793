"""What a password must be (NIST SP 800-63B-4, 3.1.1): long, hard to guess, nothing of its user's; its hash.

There is no rule about kinds of characters and none about age: both make people choose worse ones.
"""

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from libs.common.problem_texts import CODES, Wording, register
from libs.common.problems import BadRequest, FieldError

SHORTEST, LONGEST = 12, 128
# Fewer guesses than 10^8 are too few against somebody who tries online for long (zxcvbn's own scale of 0–4).
_WEAKEST_SCORE = 3
# zxcvbn's work grows with the square of the length; its judgement of so long a beginning is good enough.
_LONGEST_JUDGED = 72
# Shorter words of a name stand in too many good passwords by chance; other scripts say more in a letter.
_SHORTEST_WORD, _SHORTEST_ELSEWHERE = 4, 2
_PRODUCT = "plexus"
# argon2id as OWASP advises for servers: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_WORD = re.compile(r"[^\W_]+")
register(
    {
        "password-too-common": ("The password is too easy to guess", "密码过于常见,容易被猜到"),
        "password-own-words": (
            "The password contains your own name or e-mail address",
            "密码不能包含本人的姓名或邮箱",
        ),
    }
)
CODES |= {
    "password-too-common": Wording("is too easy to guess", "过于常见,容易被猜到"),
    "password-own-words": Wording("contains your own name or e-mail address", "不能包含本人的姓名或邮箱"),
}


def normal(password: str) -> str:
    """Return the one spelling that is hashed: another keyboard may compose a letter differently (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def demand_hard_to_guess(password: str) -> None:
    """Raise BadRequest for a common password or a pattern; milliseconds of processor time."""
    judged = zxcvbn(normal(password)[:_LONGEST_JUDGED], user_inputs=[_PRODUCT])
    if judged["score"] < _WEAKEST_SCORE:
        _refuse("password-too-common")


def demand_foreign(password: str, email: str, name: str) -> None:
    """Raise BadRequest for a password that contains its user's address, or a word of it or of his name."""
    given = normal(password).casefold()
    texts = (normal(email).casefold().strip(), normal(name).casefold().strip())
    local = texts[0].rpartition("@")[0]
    words = {word for text in (local, texts[1]) for word in _WORD.findall(text)}
    own = {*texts, local, *words}
    if any(word in given for word in own if _counts(word)):
        _refuse("password-own-words")


def hash_password(password: str) -> str:
    """Return the argon2id hash; takes tens of milliseconds of processor time."""
    return _HASHER.hash(normal(password))


def hash_new_password(password: str) -> str:
    """Return the hash of a password that somebody chose; BadRequest for one that is easy to guess."""
    demand_hard_to_guess(password)
    return hash_password(password)


def is_password(password: str, expected: str | None) -> bool:
    """Tell whether a password fits a hash; takes as long when there is none to fit."""
    nobodys = _nobodys_hash()
    try:
        _HASHER.verify(expected or nobodys, normal(password))
    except (Argon2Error, InvalidHashError):
        return False
    return expected is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody")


def _counts(word: str) -> bool:
    return len(word) >= (_SHORTEST_WORD if word.isascii() else _SHORTEST_ELSEWHERE)


def _refuse(slug: str) -> None:
    raise BadRequest(slug, errors=[FieldError(slug, pointer="/password")])
