"""Where the chain stands: real cities and districts, invented malls."""

from typing import NamedTuple

from muvi_sandbox.chain.films import Text


class Place(NamedTuple):
    """A site before its halls are laid out; `halls` names kinds of halls in the order of screen numbers."""

    city: Text
    mall: Text
    district: Text
    latitude: float
    longitude: float
    halls: str


RIYADH = Text("Riyadh", "الرياض")
JEDDAH = Text("Jeddah", "جدة")
DAMMAM = Text("Dammam", "الدمام")
KHOBAR = Text("Al Khobar", "الخبر")

# One letter per screen: G grand (about 300 seats), I IMAX, D Dolby, X 4DX, S suites, K children, L large,
# M middle, N small, T the smallest hall.
PLACES = (
    Place(
        RIYADH,
        Text("Qamar Square", "ساحة القمر"),
        Text("Al Malqa", "الملقا"),
        24.8012,
        46.6057,
        "GIDXSSKLLMMN",
    ),
    Place(
        RIYADH, Text("Wadi Walk", "ممشى الوادي"), Text("Al Olaya", "العليا"), 24.6931, 46.6854, "IDSSKLMMN"
    ),
    Place(
        RIYADH,
        Text("Yasmin Gate", "بوابة الياسمين"),
        Text("Al Yasmin", "الياسمين"),
        24.8264,
        46.6401,
        "LDXSKMMN",
    ),
    Place(
        RIYADH, Text("Rawdah Court", "رواق الروضة"), Text("Al Rawdah", "الروضة"), 24.7352, 46.7713, "LLSMMMNN"
    ),
    Place(
        RIYADH, Text("Sadu Plaza", "سدو بلازا"), Text("Al Nakheel", "النخيل"), 24.7459, 46.6297, "IXSKLMMN"
    ),
    Place(
        RIYADH, Text("Aqiq Terraces", "شرفات العقيق"), Text("Al Aqiq", "العقيق"), 24.7748, 46.6262, "DSSKLMMN"
    ),
    Place(RIYADH, Text("Rimal Park", "رمال بارك"), Text("Ar Rimal", "الرمال"), 24.8718, 46.8254, "LKMMMNN"),
    Place(
        RIYADH,
        Text("Narjis Arcade", "أروقة النرجس"),
        Text("An Narjis", "النرجس"),
        24.8660,
        46.6725,
        "LXSKMMN",
    ),
    Place(
        JEDDAH,
        Text("Marjan Bay", "خليج المرجان"),
        Text("Ash Shati", "الشاطئ"),
        21.6003,
        39.1062,
        "GIDXSSKLMMN",
    ),
    Place(
        JEDDAH, Text("Balad Lights", "أضواء البلد"), Text("Al Hamra", "الحمراء"), 21.5256, 39.1604, "IDSKLMMN"
    ),
    Place(
        JEDDAH,
        Text("Salamah House", "دار السلامة"),
        Text("As Salamah", "السلامة"),
        21.5899,
        39.1508,
        "LXSKMMNN",
    ),
    Place(JEDDAH, Text("Obhur Marina", "مارينا أبحر"), Text("Obhur", "أبحر"), 21.7347, 39.1163, "LDSSMMN"),
    Place(
        JEDDAH, Text("Roshan Yard", "فناء الروشان"), Text("Ar Rawdah", "الروضة"), 21.5651, 39.1549, "LKMMMNN"
    ),
    Place(
        DAMMAM,
        Text("Lulu Corniche", "كورنيش اللؤلؤ"),
        Text("Ash Shati", "الشاطئ"),
        26.4701,
        50.1204,
        "GIDSKLMMN",
    ),
    Place(
        DAMMAM,
        Text("Faisaliyah Mile", "ميل الفيصلية"),
        Text("Al Faisaliyah", "الفيصلية"),
        26.3852,
        50.0551,
        "LXSKMMN",
    ),
    Place(
        DAMMAM, Text("Dana Garden", "حديقة الدانة"), Text("Al Athir", "الأثير"), 26.4328, 50.0689, "LSMMMNN"
    ),
    Place(
        KHOBAR, Text("Nawras Pier", "رصيف النورس"), Text("Corniche", "الكورنيش"), 26.2861, 50.2213, "IDXSKLMN"
    ),
    Place(
        KHOBAR,
        Text("Rakah Junction", "ملتقى الراكة"),
        Text("Ar Rakah", "الراكة"),
        26.3549,
        50.1928,
        "LKMMMNNN",
    ),
    Place(
        Text("Taif", "الطائف"),
        Text("Ward Hill", "تل الورد"),
        Text("Shihar", "شهار"),
        21.2588,
        40.4022,
        "LSKMMNN",
    ),
    Place(
        Text("Abha", "أبها"),
        Text("Dabab View", "إطلالة الضباب"),
        Text("Al Muftaha", "المفتاحة"),
        18.2139,
        42.5044,
        "LDKMMNN",
    ),
    Place(
        Text("Buraydah", "بريدة"),
        Text("Sukkari Center", "مركز السكري"),
        Text("Al Rayyan", "الريان"),
        26.3487,
        43.9611,
        "LKMMMNN",
    ),
    Place(
        Text("Tabuk", "تبوك"),
        Text("Hisma Square", "ساحة حسمى"),
        Text("Al Muruj", "المروج"),
        28.3998,
        36.5403,
        "LXKMMNN",
    ),
    Place(
        Text("Al Ahsa", "الأحساء"),
        Text("Ayn Oasis", "واحة العين"),
        Text("Al Mubarraz", "المبرز"),
        25.4106,
        49.5808,
        "LSKMMNNT",
    ),
)
