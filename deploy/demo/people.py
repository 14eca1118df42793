"""Names, addresses and numbers of invented companies and people, English and Chinese."""

import random
from dataclasses import dataclass, field

from faker import Faker

INDUSTRIES = {
    "en": ("Chemicals", "Pharmaceuticals", "Automotive", "Food", "Energy", "Research", "Semiconductors"),
    "zh": ("化工", "制药", "汽车", "食品", "能源", "科研", "半导体"),
}
COUNTRIES = ("United States", "Germany", "United Kingdom", "Sweden", "Czechia", "Canada", "France")
TITLES = {
    "en": ("Purchasing manager", "Laboratory head", "Plant engineer", "Quality director", "CTO", "Buyer"),
    "zh": ("采购经理", "实验室主任", "设备工程师", "质量总监", "技术总监", "采购专员"),
}
SIZES = ("1-50", "51-200", "201-1000", "1001-5000", "5000+")
LEVELS = ("A", "B", "C")
SOURCES = ("Website", "Trade fair", "Referral", "Partner", "Cold call", "展会", "转介绍")
AREA_CODES = (212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713, 801)


@dataclass
class Names:
    """Draws from a seed; the same seed draws the same in the same order, and never a name twice."""

    seed: int
    english: Faker = field(init=False)
    chinese: Faker = field(init=False)
    chance: random.Random = field(init=False)
    taken: set[str] = field(default_factory=set)
    phones: int = 0

    def __post_init__(self) -> None:
        self.english, self.chinese = Faker("en_US"), Faker("zh_CN")
        self.english.seed_instance(self.seed)
        self.chinese.seed_instance(self.seed)
        self.chance = random.Random(self.seed)  # noqa: S311  # A demo is to be the same every time.

    def company(self, language: str) -> str:
        """A company name that was not drawn before, not even with another legal form."""
        while True:
            name = self.chinese.company() if language == "zh" else self._english_company()
            root = name.split(",")[0]
            if root not in self.taken:
                self.taken.add(root)
                return name

    def _english_company(self) -> str:
        kind = self.english.random_element(("Labs", "Instruments", "Chemicals", "Foods", "Motors", "Energy"))
        return f"{self.english.last_name()} {self.english.last_name()} {kind}, Inc."

    def person(self, language: str) -> tuple[str, str]:
        """Family name and given name."""
        source = self.chinese if language == "zh" else self.english
        return source.last_name(), source.first_name()

    def phone(self, language: str) -> str:
        """A number that was not drawn before: in China 139…, in America the fictitious 555-01…."""
        self.phones += 1
        if language == "zh":
            return f"+861390{self.phones:07}"
        area, line = divmod(self.phones, 100)
        return f"+1{AREA_CODES[area % len(AREA_CODES)]}555{self._block(area)}{line:02}"

    def _block(self, area: int) -> str:
        return f"{1 + area // len(AREA_CODES):02}"

    def pick[T](self, values: tuple[T, ...]) -> T:
        return self.chance.choice(values)
