"""FHIR R4 bundles of laboratories: DiagnosticReport with Observation, Patient and Specimen.

Read with the R4B classes of `fhir.resources`: for these four resources and Bundle, R4B (4.3) is R4 (4.0.1) unchanged.
"""
