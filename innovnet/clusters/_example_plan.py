"""What the example register is made from: the clusters, their members in short, who owns whom. All of it is made up.

A member is written as KIND YEAR[-LAST YEAR][@COUNTRY][:FLAGS]. Kind: f firm, r research, e education, p public, a association, v an association that
facilitates; a capital means an actor of :func:`innovnet.example`. ``C01.3/16`` is the member 3 of C01 (from 0), here from 2016. Flags: r declares R&D, h has an
activity of high value added, x exports, ? its R&D is not known. The first member coordinates, unless the cluster has no coordinator.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One cluster."""

    name: str
    region: str
    sectors: str
    field: str  #: the field of science from which it has actors of the programme first
    subjects: str  #: what its firms are named after
    founded: str
    members: str
    stages: str = ""
    dissolved: str | None = None
    joint_since: str | None = None
    legal_form: str | None = "association"
    governance: str | None = "yes"
    strategy: str | None = "yes"
    strategy_from: str | None = None
    strategy_to: str | None = None
    coordinated: bool = True
    country: str = "LT"
    circle: int = 5  #: its first members have a joint R&D project of four years every three years
    pace: int = 2  #: further joint events a year
    active_to: int = 2025  #: last year with a new joint event
    abroad: float = 0.3  #: share of these events with a foreign partner
    own_funds: float | None = 0.4  #: share of the members in its money; None: not known
    staff: float = 1.0
    known: bool = True  #: False: no more than names and days are known of it and of its members


PLANS = {
    "C01": Plan(
        "Amberlight Photonics Cluster", "LT011", "26; 72", "natural sciences", "Laser Optics Photonics",
        "2012-03-01", "A12 F12:rhx F12:rhx f12:rhx f12:hx R12:r f13:rhx F14:hx f15:x f16@LV:x f17:h R18:r f18-22 F19@EE:rhx f21-24:x f23:r",
        stages="materials; components; lasers; systems; applications", joint_since="2013-01-15", strategy_from="2017-01-01", strategy_to="2027-12-31",
        circle=9, pace=4, abroad=0.5, own_funds=0.45, staff=3.0,
    ),
    "C02": Plan(
        "Goldfield Food Cluster", "LT022", "10; 11", "agricultural sciences", "Food Dairy Grain",
        "2014-06-01", "f14:hx f14:hx E14:r f14:rhx f14:x f15:x f16 f17-22:x f19 F20:hx f21",
        stages="raw materials; processing; packaging; distribution", joint_since="2015-02-01", strategy_from="2018-01-01", strategy_to="2026-12-31",
        circle=7, pace=3, abroad=0.5, own_funds=0.5, staff=1.5,
    ),
    "C03": Plan(
        "Bitvale Cybersecurity Cluster", "LT011", "62; 63", "engineering and technology", "Software Data Cipher",
        "2015-09-01", "F15:rhx f15:hx f15:hx? F15:hx? f16:x E16:r f17:hx F18:h f18-23:x f22:x",
        stages="research; software; services; training", joint_since="2015-10-01", strategy_from="2019-01-01", strategy_to="2028-12-31",
        circle=6, pace=3, abroad=0.4, own_funds=0.35, staff=1.2,
    ),
    "C04": Plan(
        "Clearwell Biomedical Cluster", "LT011", "21; 72", "medical and health sciences", "Diagnostics Biosignal Imaging",
        "2016-05-01", "F16:rhx C01.3/16 C01.5/16 F16:r f16:x f17:x F18:x E19:r f20-23",
        stages="discovery; trials; devices; care", joint_since="2016-09-01", strategy_from="2022-01-01", strategy_to="2028-12-31",
        circle=5, pace=2, abroad=0.3, own_funds=0.25, staff=0.8,
    ),
    "C05": Plan(
        "Oakline Furniture Cluster", "LT023", "31; 16", "engineering and technology", "Furniture Timber Veneer",
        "2017-03-01", "f17:x f17:x f17:rx f17 f17 f18:x E18:r f20",
        stages="timber; panels; furniture; design", joint_since="2017-06-01", strategy="no", circle=6, pace=2, abroad=0.2, own_funds=0.6, staff=0.5,
    ),
    "C06": Plan(
        "Steelbridge Engineering Cluster", "LT025", "25; 28", "engineering and technology", "Metal Machinery Tooling",
        "2012-01-15", "f12:rx f12:x f12:x F12:x f12-23 f13-22:x f14-24:rx f15-22 f16-23 f17",
        stages="castings; machining; assembly", joint_since="2013-01-01", strategy_from="2014-01-01", strategy_to="2021-12-31",
        circle=6, pace=2, active_to=2021, abroad=0.2, own_funds=0.3, staff=0.6,
    ),
    "C07": Plan(
        "Sunfold Energy Cluster", "LT022", "35; 27", "engineering and technology", "Energy Battery Grid",
        "2023-02-01", "P23 f23:rhx f23:x F23:r f23 R23:r f24:x f25",
        stages="generation; storage; grid", joint_since="2023-06-01", strategy_from="2023-06-01", strategy_to="2029-12-31",
        circle=5, pace=3, abroad=0.4, own_funds=0.2, staff=1.0,
    ),
    "C08": Plan(
        "Lakeside Tourism Cluster", "LT029", "55; 79", "social sciences", "Lake Guesthouse Trail",
        "2020-04-01", "a20 f20 f20 f20 p20 f21-23 f22 A22 v20",
        stages="lodging; guiding; events", joint_since="2020-09-01", legal_form="agreement", governance="no", strategy="no",
        circle=4, pace=2, abroad=0.1, own_funds=0.15, staff=0.3,
    ),
    "C09": Plan(
        "Portway Logistics Cluster", "LT023", "52; 49", "engineering and technology", "Freight Harbour Terminal",
        "2018-02-01", "f18:rhx f18:x f18:x f18:hx F18:x f19:h A20",
        stages="port; terminal; road", joint_since="2018-03-01", legal_form="company", strategy_from="2018-06-01", strategy_to="2027-12-31",
        circle=5, pace=2, abroad=0.3, own_funds=0.8, staff=1.0,
    ),
    "C10": Plan(
        "Flaxen Textile Cluster", "LT026", "13; 14", "engineering and technology", "Linen Weaving Knitwear",
        "2019-05-01", "f19:x f19:x f19 f19 f19-23 f20-22:x",
        stages="yarn; fabric; clothing", joint_since="2019-09-01", strategy="no", circle=4, pace=1, abroad=0.1, own_funds=0.7, staff=0.2,
    ),
    "C11": Plan(
        "Greenfurrow Farming Technology Cluster", "LT024", "01; 28", "agricultural sciences", "Soil Crop Seed",
        "2021-03-01", "f21 f21:x f21 f21:x f21 E22:r f23",
        stages="seed; field; storage", legal_form="agreement", strategy="no", coordinated=False, circle=5, pace=1, abroad=0.2, own_funds=0.5, staff=0.3,
    ),
    "C12": Plan(
        "Brightmark Creative Cluster", "LT011", "74; 59", "humanities", "Design Film Sound",
        "2012-09-01", "f12 f12:x f12 f12 f13 F14-18 f15",
        stages="idea; production; release", dissolved="2020-12-31", joint_since="2013-03-01", strategy="no",
        circle=5, pace=1, active_to=2019, abroad=0.1, own_funds=0.3, staff=0.5,
    ),
    "C13": Plan(
        "Clayhill Construction Cluster", "LT021", "41", "engineering and technology", "Brick Facade Roof",
        "2018-10-01", "f18 f18 f18 f19 f19 f21", legal_form=None, governance=None, strategy=None, circle=0, pace=0, own_funds=None, known=False,
    ),
    "C14": Plan(
        "Dunehaven Health Technology Cluster", "LV00A", "26; 86", "medical and health sciences", "Telehealth Rehabilitation Sensor",
        "2015-04-01", "f15:rhx F15:rx f15:x f15:h f15 e16:r C04.0/18 f19:x P21",
        stages="devices; software; care", joint_since="2015-06-01", strategy_from="2020-01-01", strategy_to="2027-12-31",
        country="LV", circle=5, pace=2, abroad=0.2, own_funds=0.3, staff=1.0,
    ),
}  # fmt: skip

#: Firms of one owner: owner, owned (an organisation is a member of a cluster, or a name), share, first day.
OWNED = (
    ("Portway Holding", "C09.0", 1.0, "2018-02-01"),
    ("Portway Holding", "C09.1", 0.75, "2018-02-01"),
    ("Portway Holding", "C09.2", 0.6, "2019-07-01"),
    ("C09.0", "C09.3", 0.51, "2020-01-01"),
    ("C06.0", "C06.1", 0.7, "2024-03-01"),
    ("C05.0", "C05.1", 0.3, "2017-03-01"),
)
#: Firms of one person in the same market.
TOGETHER = ("C11.1", "C11.3")
#: Whose employees count together for their size.
GROUPS = (("Portway Holding", "C09.0", "C09.1", "C09.2", "C09.3"), ("C06.0", "C06.1"), TOGETHER)
#: Partners outside all clusters, by country; a capital: an actor of the programme.
PARTNERS = "F@DE r@DE f@PL F@PL f@LV F@EE f@EE F@FI e@SE f@SE f@LT f@LT E@DE"
#: Regions of those that are outside the country of their cluster.
SEATS = {"DE": "DE300", "EE": "EE001", "FI": "FI1B1", "LT": "LT011", "LV": "LV00A", "PL": "PL514", "SE": "SE110"}
NACE = {"r": "72", "e": "85", "p": "84", "a": "94", "v": "94"}
#: Firms by division of NACE in a region of middling size.
DIVISIONS = {
    "01": 210, "10": 90, "11": 14, "13": 40, "14": 85, "16": 120, "21": 6, "25": 150, "26": 16, "27": 18, "28": 38, "31": 110, "35": 60, "41": 320, "49": 480,
    "52": 130, "55": 120, "59": 26, "62": 260, "63": 30, "72": 30, "74": 150, "79": 60, "86": 230,
}  # fmt: skip
REGIONS = {
    "LT011": 3.2, "LT021": 0.4, "LT022": 1.9, "LT023": 1.2, "LT024": 0.4, "LT025": 0.7, "LT026": 0.8, "LT027": 0.3, "LT028": 0.4, "LT029": 0.4, "LV00A": 2.6,
}  # fmt: skip
#: The sectors of each cluster's region that have more firms than elsewhere.
SPECIALISED = 2.0
