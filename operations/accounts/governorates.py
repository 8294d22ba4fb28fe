"""The governorates of Iraq, by the codes that roles and cases use."""

from collections.abc import Mapping

GOVERNORATES: Mapping[str, str] = {
    "anbar": "الأنبار",
    "babil": "بابل",
    "baghdad": "بغداد",
    "basra": "البصرة",
    "dhiqar": "ذي قار",
    "diyala": "ديالى",
    "duhok": "دهوك",
    "erbil": "أربيل",
    "halabja": "حلبجة",
    "karbala": "كربلاء",
    "kirkuk": "كركوك",
    "maysan": "ميسان",
    "muthanna": "المثنى",
    "najaf": "النجف",
    "nineveh": "نينوى",
    "qadisiya": "القادسية",
    "salahaddin": "صلاح الدين",
    "sulaymaniyah": "السليمانية",
    "wasit": "واسط",
}
