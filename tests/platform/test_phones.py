"""Numbers that are E.164 already are read as the library reads them."""

import random

import phonenumbers

from libs.platform import phones
from libs.platform.phones import phone_key


def read_slowly(phone: str) -> str | None:
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class TestPhoneKey:
    def test_is_the_librarys_for_every_country(self) -> None:
        chance, plain = random.Random(3), 0
        for code in (*phonenumbers.COUNTRY_CODE_TO_REGION_CODE, 999, 0):
            for length in range(3, 13):
                phone = f"+{code}" + "".join(chance.choice("0123456789") for _ in range(length))
                plain += phones._is_plain(phone)  # noqa: SLF001 - that the short way was taken at all

                assert phone_key(phone, None) == read_slowly(phone)

        assert plain > 300
