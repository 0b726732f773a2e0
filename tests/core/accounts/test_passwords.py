from __future__ import annotations

import pytest
from streamlit_authenticator import Hasher

from core.accounts.demo import DEMO_ACCOUNTS
from core.accounts.passwords import check_new_password, hash_password, is_password
from core.errors import InvalidRequest

REFUSED = {
    "": "shorter",
    "short": "shorter",
    "elevenchars": "shorter",
    "x" * 73: "longer",
    "ä" * 37: "longer",  # 74 bytes
    "aaaaaaaaaaaa": "repeats",
    "abababababab": "repeats",
    "1qaz2wsx3edc": "first that are tried",
    "Password2024!": "first that are tried",
    "***SUMMER2031***": "first that are tried",
    "passwordpassword": "first that are tried",
    "abcdefghijkl": "first that are tried",
    "987654321098": "first that are tried",
    "qwertyuiopas": "first that are tried",
    "maria.santos1": "little more than your name",
    "SantosMaria!!": "little more than your name",
    "seven\0quiet harbours": "cannot be typed",
}


@pytest.mark.parametrize(("password", "reason"), REFUSED.items())
def test_a_weak_password_is_refused_with_its_reason(password: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        check_new_password(password, "maria.santos", "Maria Santos")


@pytest.mark.parametrize(
    "password", ["seven quiet harbours", "ten chars and two", "пароль из слов", "a" * 11 + "bcdef", "x1" * 30 + "abc9"]
)
def test_any_long_password_that_is_not_common_is_taken(password: str) -> None:
    check_new_password(password, "maria.santos", "Maria Santos")
    assert is_password(password, hash_password(password))


def test_demo_passwords_keep_the_rules() -> None:
    for demo in DEMO_ACCOUNTS:
        check_new_password(demo.password, demo.user.username, demo.user.name)


def test_a_password_that_bcrypt_would_cut_fits_no_hash() -> None:
    longest = "x1y2z3" * 12
    kept = hash_password(longest)
    assert is_password(longest, kept)
    assert not is_password(longest + "more", kept)


@pytest.mark.parametrize("kept", [None, "!", "", "$2b$04$broken"])
def test_a_user_without_a_hash_costs_one_whole_check(kept: str | None, hash_checks: list[str]) -> None:
    assert not is_password("seven quiet harbours", kept)
    assert len([one for one in hash_checks if len(one) == 60]) == 1


def test_a_password_with_a_nul_is_wrong_and_no_error() -> None:
    kept = hash_password("seven quiet harbours")
    assert not is_password("seven\0quiet", kept)
    assert not is_password("seven\0quiet", None)


def test_hashes_go_both_ways_with_streamlit_authenticator() -> None:
    assert Hasher.check_pw("seven quiet harbours", hash_password("seven quiet harbours"))
    assert is_password("seven quiet harbours", Hasher.hash("seven quiet harbours"))
