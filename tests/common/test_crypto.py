import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.crypto import (
    DataKey,
    KekRing,
    Unreadable,
    aad_of,
    mask,
    seal,
    sealed_key_id,
    unseal,
)

KEY = DataKey("0192f0c1-aaaa", bytes(range(32)))
AAD = aad_of("contacts", "1", "email")


def ring(current: str = "2026-11") -> KekRing:
    return KekRing(current, {"2026-11": b"a" * 32, "2026-12": b"b" * 32}, b"c" * 32)


def flipped(value: str, at: int) -> str:
    return value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]


class TestSeal:
    @given(st.text(st.characters(codec="utf-8")))
    def test_opens_to_the_same_text(self, text: str) -> None:
        assert unseal(seal(text, KEY, AAD), KEY, AAD) == text

    def test_never_gives_the_same_ciphertext_twice(self) -> None:
        assert len({seal("王芳", KEY, AAD) for _ in range(1_000)}) == 1_000

    def test_leaves_no_nonce_to_a_child_that_its_parent_has(self) -> None:
        code = "from tests.common.test_crypto import KEY, AAD, seal; import os; seal('Ada', KEY, AAD)\n"
        code += "child = os.fork(); print(seal('Ada', KEY, AAD), flush=True); child and os.wait()"

        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert len(set(told.stdout.split("enc."))) == 3

    def test_names_its_version_and_key(self) -> None:
        value = seal("Ada", KEY, AAD)

        assert value.startswith("enc.v1.0192f0c1-aaaa.")
        assert sealed_key_id(value) == KEY.key_id

    def test_demands_additional_data(self) -> None:
        with pytest.raises(ValueError, match="mandatory"):
            seal("Ada", KEY, b"")

    @pytest.mark.parametrize("value", [None, 1, "", "Ada", "enc.v2.k.AAAA", "enc.v1.k", "enc.v1.k.a.b"])
    def test_recognises_what_is_not_sealed(self, value: object) -> None:
        assert sealed_key_id(value) is None


class TestUnseal:
    def test_refuses_every_tampered_character(self) -> None:
        value = seal("Ada Lovelace", KEY, AAD)

        for at in range(len(value) - 1):
            with pytest.raises(Unreadable):
                unseal(flipped(value, at), KEY, AAD)

    def test_refuses_a_value_moved_to_another_place(self) -> None:
        with pytest.raises(Unreadable):
            unseal(seal("Ada", KEY, AAD), KEY, aad_of("contacts", "2", "email"))

    def test_refuses_another_key_under_the_same_name(self) -> None:
        with pytest.raises(Unreadable):
            unseal(seal("Ada", KEY, AAD), DataKey(KEY.key_id, b"z" * 32), AAD)

    @pytest.mark.parametrize("head", ["enc.v0", "enc.v2", "kek.v1", "enc", ""])
    def test_refuses_another_version(self, head: str) -> None:
        value = seal("Ada", KEY, AAD).removeprefix("enc.v1")

        with pytest.raises(Unreadable):
            unseal(head + value, KEY, AAD)

    @pytest.mark.parametrize("body", ["", "A", "AAAA", "????", "é" * 40, "A" * 27])
    def test_refuses_what_is_no_ciphertext(self, body: str) -> None:
        with pytest.raises(Unreadable):
            unseal(f"enc.v1.{KEY.key_id}.{body}", KEY, AAD)


class TestAadOf:
    def test_tells_lists_apart_that_read_alike_when_joined(self) -> None:
        assert len({aad_of("a", "bc"), aad_of("ab", "c"), aad_of("abc"), aad_of("a", "b", "c")}) == 4


class TestDataKey:
    def test_hides_its_material(self) -> None:
        assert "material" not in repr(DataKey.mint("k"))

    @pytest.mark.parametrize(("name", "material"), [("", b"x" * 32), ("a.b", b"x" * 32), ("a", b"x" * 16)])
    def test_refuses_a_bad_name_or_length(self, name: str, material: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            DataKey(name, material)


class TestKekRing:
    def test_unwraps_what_it_wrapped_after_the_current_key_changed(self) -> None:
        key = DataKey.mint("subject")

        assert ring("2026-12").unwrap("subject", ring("2026-11").wrap(key)) == key

    def test_refuses_a_key_wrapped_for_another_subject(self) -> None:
        wrapped = ring().wrap(DataKey.mint("one"))

        with pytest.raises(Unreadable):
            ring().unwrap("two", wrapped)

    def test_refuses_a_key_whose_kek_is_destroyed(self) -> None:
        wrapped = ring("2026-12").wrap(DataKey.mint("one"))

        with pytest.raises(Unreadable):
            KekRing("2026-11", {"2026-11": b"a" * 32}, b"c" * 32).unwrap("one", wrapped)

    def test_refuses_a_relabelled_kek(self) -> None:
        wrapped = ring().wrap(DataKey.mint("one"))

        with pytest.raises(Unreadable):
            ring().unwrap("one", wrapped.replace("2026-11", "2026-12"))

    def test_loads_its_file(self, tmp_path: Path) -> None:
        path = tmp_path / "kek.json"
        secret = base64.b64encode(b"k" * 32).decode()
        path.write_text(json.dumps({"current": "m", "keys": {"m": secret}, "blind_index": secret}))
        path.chmod(0o600)

        loaded = KekRing.load(path)

        assert (loaded.current, dict(loaded.keys)) == ("m", {"m": b"k" * 32})

    @pytest.mark.parametrize(
        "text", ["[]", "{}", '{"current":"m","keys":{},"blind_index":""}', '{"current":1,"keys":2}', "x"]
    )
    def test_refuses_a_malformed_file(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "kek.json"
        path.write_text(text)
        path.chmod(0o600)

        with pytest.raises(ValueError, match=r"ring|Expecting"):
            KekRing.load(path)

    def test_refuses_a_file_that_others_may_read(self, tmp_path: Path) -> None:
        path = tmp_path / "kek.json"
        path.write_text("{}")
        path.chmod(0o644)

        with pytest.raises(ValueError, match="readable by others"):
            KekRing.load(path)


class TestBlindIndex:
    def test_finds_the_same_value_again(self) -> None:
        assert ring().blind_index("phone", "13812340000") == ring("2026-12").blind_index(
            "phone", "13812340000"
        )

    def test_separates_fields_forms_and_secrets(self) -> None:
        other = KekRing("m", {"m": b"a" * 32}, b"d" * 32)

        indexes = {
            ring().blind_index("phone", "0000"),
            ring().blind_index("national_id", "0000"),
            ring().blind_index_last4("phone", "0000"),
            other.blind_index("phone", "0000"),
        }

        assert len(indexes) == 4

    def test_finds_by_the_last_four(self) -> None:
        assert ring().blind_index_last4("phone", "13812340000") == ring().blind_index_last4("phone", "990000")


class TestMask:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("13812340000", "138****0000"),
            ("+8613812340000", "+86138****0000"),
            ("12345678", "****5678"),
            ("1234567", "*****67"),
            ("12345", "***45"),
            ("1234", "****"),
            ("", ""),
        ],
    )
    def test_shows_little(self, value: str, shown: str) -> None:
        assert mask(value) == shown
