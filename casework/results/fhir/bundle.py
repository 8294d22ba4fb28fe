"""From a bundle to records: what refers to what, whose it is, and what it says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.specimen import Specimen
from pydantic import ValidationError

from casework.results import columns, rows
from casework.results.fhir import codes
from casework.results.fhir.person import cells_of
from casework.results.models import Status, Value
from casework.results.record import Record
from casework.results.rows import Cell, RowError

TYPES: Final = ("transaction", "batch", "collection")
PROBLEMS_NAMED: Final = 20


class BundleError(Exception):
    """The whole bundle is refused. `code` is FHIR's issue type; problems are places in it and what is wrong there."""

    def __init__(self, code: str, problems: Sequence[tuple[str, str]], status: int = 422) -> None:
        super().__init__(code)
        self.code = code
        self.problems = problems
        self.status = status


class _ReportError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Item:
    """One report: its place, and its record or the reasons why it is refused."""

    place: str
    record: Record | None
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A bundle's reports. `whole`: all or nothing, as FHIR has it of transactions."""

    items: Sequence[Item]
    whole: bool


def parse(body: bytes, now: datetime, max_entries: int) -> Parsed:
    """Reads a bundle.

    Args:
        body: JSON.
        now: The present moment.
        max_entries: More are refused.

    Raises:
        BundleError: It is none, or it mixes patients: nothing of it may be taken.
    """
    bundle = _validated(body, max_entries)
    index = _Index(bundle)
    items = [
        _item(f"Bundle.entry[{place}].resource", place + 1, entry.resource, index, now)
        for place, entry in enumerate(bundle.entry or ())
        if isinstance(entry.resource, DiagnosticReport)
    ]
    if not items:
        raise BundleError("required", [("Bundle.entry", "لا يوجد DiagnosticReport في الحزمة.")])
    return Parsed(items, bundle.type == "transaction")


def _validated(body: bytes, max_entries: int) -> Any:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BundleError("structure", [("Bundle", "هذا ليس JSON صحيحاً.")], 400) from error
    if not isinstance(data, dict) or data.get("resourceType") != "Bundle":
        raise BundleError("structure", [("Bundle", "المطلوب حزمة من نوع Bundle.")], 400)
    if data.get("type") not in TYPES:
        raise BundleError("not-supported", [("Bundle.type", f"المقبول: {'، '.join(TYPES)}.")])
    if isinstance(data.get("entry"), list) and len(data["entry"]) > max_entries:
        raise BundleError("too-costly", [("Bundle.entry", f"أكثر من {max_entries} عنصر. قسّم الحزمة.")], 413)
    try:
        return Bundle.model_validate(data)
    except ValidationError as error:
        # Never the value that was wrong: it may be somebody's.
        problems = [(_place(one["loc"]), one["type"]) for one in error.errors(include_input=False, include_url=False)]
        raise BundleError("invalid", problems[:PROBLEMS_NAMED]) from error
    except (RecursionError, TypeError, AttributeError, KeyError, LookupError) as error:
        raise BundleError("invalid", [("Bundle", "الحزمة لا تتبع FHIR R4.")]) from error


def _place(loc: tuple[int | str, ...]) -> str:
    return "Bundle" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in loc)


class _Index:
    """Finds what a reference means: an entry's address, or `Type/id`."""

    def __init__(self, bundle: Any) -> None:
        self._found: dict[str, Any] = {}
        for entry in bundle.entry or ():
            resource = entry.resource
            if resource is None:
                continue
            names = [entry.fullUrl] if entry.fullUrl else []
            if resource.id:
                names.append(f"{resource.get_resource_type()}/{resource.id}")
            for name in names:
                if self._found.setdefault(str(name), resource) is not resource:
                    raise BundleError("duplicate", [("Bundle.entry", "عنصران بعنوان واحد.")])

    def get(self, reference: Any, kind: type[Any], owner: Any = None) -> Any:
        """The resource of this kind behind a reference, None if it is not in the bundle."""
        name = None if reference is None else reference.reference
        if not name:
            return None
        if name.startswith("#"):
            inside = getattr(owner, "contained", None) or ()
            found = next((one for one in inside if one.id == name[1:]), None)
        else:
            found = self._found.get(name)
        return found if isinstance(found, kind) else None


def _item(place: str, number: int, report: Any, index: _Index, now: datetime) -> Item:
    patient = index.get(report.subject, Patient, report)
    observations = [index.get(reference, Observation, report) for reference in report.result or ()]
    specimens = [index.get(reference, Specimen, report) for reference in report.specimen or ()]
    specimens += [index.get(one.specimen, Specimen, one) for one in observations if one is not None and one.specimen]
    if patient is None:
        return Item(place, None, ["لا يوجد في الحزمة المريض الذي يشير إليه التقرير (subject)."])
    _same_patient(place, patient, report, [one for one in (*observations, *specimens) if one is not None], index)
    try:
        if None in observations or None in specimens:
            raise _ReportError("التقرير يشير إلى ما ليس في الحزمة.")
        cells = _cells(report, observations, specimens)
        return Item(place, rows.read(number, {**cells, **cells_of(patient)}, now))
    except _ReportError as error:
        return Item(place, None, [str(error)])
    except RowError as error:
        return Item(place, None, error.reasons)


def _same_patient(place: str, patient: Any, report: Any, others: Sequence[Any], index: _Index) -> None:
    for one in others:
        optional = isinstance(one, Specimen) and one.subject is None
        if not optional and index.get(one.subject, Patient, report) is not patient:
            raise BundleError("business-rule", [(place, "في التقرير فحص أو عينة لمريض آخر، فلم نأخذ من الحزمة شيئاً.")])


def _cells(report: Any, observations: Sequence[Any], specimens: Sequence[Any]) -> Mapping[str, Cell]:
    status = codes.STATUSES.get(report.status)
    if status is None:
        raise _ReportError("حالة التقرير (status) غير مقبولة.")
    if not any(_is_pcr(one.code) for one in (report, *observations)):
        raise _ReportError("هذا ليس فحص PCR: المطلوب رمز LOINC لفحص SARS-CoV-2.")
    numbers = {number for one in specimens for number in _numbers(one)}
    if len(numbers) != 1:
        raise _ReportError("رقم العينة (Specimen.accessionIdentifier) ناقص، أو في التقرير أكثر من عينة.")
    value = _value(observations, specimens) if status in (Status.FINAL, Status.AMENDED) else None
    return {
        columns.SAMPLE: numbers.pop(),
        columns.STATUS: status.value,
        columns.VALUE: value.value if value else "",
        columns.SAMPLED_AT: _sampled(report, observations, specimens),
        columns.REPORTED_AT: report.issued if status is not Status.PENDING else None,
    }


def _is_pcr(concept: Any) -> bool:
    return any(one.system == codes.LOINC and one.code in codes.PCR_TESTS for one in _codings(concept))


def _codings(concept: Any) -> Sequence[Any]:
    return (concept.coding or ()) if concept is not None else ()


def _numbers(specimen: Any) -> Iterator[str]:
    for identifier in [specimen.accessionIdentifier] if specimen.accessionIdentifier else (specimen.identifier or ()):
        if identifier.value:
            yield str(identifier.value)


def _value(observations: Sequence[Any], specimens: Sequence[Any]) -> Value:
    if any(one.status == "unsatisfactory" for one in specimens):
        return Value.REJECTED
    said: set[Value] = set()
    for one in observations:
        if not _is_pcr(one.code):
            continue
        if one.dataAbsentReason is not None:
            said.add(Value.REJECTED)
        for concept in [one.valueCodeableConcept, *(one.interpretation or ())]:
            found = {codes.value_of(coding.system, coding.code) for coding in _codings(concept)} - {None}
            named = codes.value_named(concept.text or one.valueString) if concept is not None and not found else None
            said |= {value for value in (*found, named) if value is not None}
        if (value := codes.value_named(one.valueString)) is not None:
            said.add(value)
    if len(said) != 1:
        raise _ReportError("النتيجة ناقصة أو متناقضة (Observation.value و interpretation).")
    return said.pop()


def _sampled(report: Any, observations: Sequence[Any], specimens: Sequence[Any]) -> Cell:
    for specimen in specimens:
        if specimen.collection is not None and specimen.collection.collectedDateTime is not None:
            return specimen.collection.collectedDateTime  # type: ignore[no-any-return]
    for one in (*observations, report):
        if one.effectiveDateTime is not None:
            return one.effectiveDateTime  # type: ignore[no-any-return]
    return None
