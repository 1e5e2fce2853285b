"""Holds exports against schemas and validators. Usage: check.py TOOLS EXPORTS

EXPORTS has a folder for each run, and in it a file for each document.
"""

import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import xmlschema
from trestle.oscal.assessment_results import AssessmentResults

FORMULA = re.compile(r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
TABLES = ["results.csv", "deviations.csv", "evidence.csv", "requests.csv"]


def schema(tools, kind, files):
    """Check files against a JSON schema; answers with what was found wrong."""
    command = [tools / "venv/bin/check-jsonschema", "--schemafile", tools / f"schemas/{kind}.json"]
    if kind == "sarif":
        # One of its patterns is none in the dialect that is tried first.
        command += ["--regex-variant", "nonunicode"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def junit_schemas(tools):
    """The schemas of the two families of readers."""
    text = (tools / "schemas/JUnit.xsd").read_text()
    # Later versions of this schema know what is skipped. The one that a package ships is older by
    # these two declarations.
    if 'name="skipped"' not in text:
        choice = '<xs:choice minOccurs="0">'
        failures = '<xs:attribute name="failures"'
        assert text.count(choice) == 1 and text.count(failures) == 1
        text = text.replace(choice, choice + '<xs:element name="skipped"/>')
        text = text.replace(failures, '<xs:attribute name="skipped" type="xs:int"/>' + failures)
    return {
        "Ant, as of Windy Road": xmlschema.XMLSchema(text),
        "Jenkins, as of pytest": xmlschema.XMLSchema(str(tools / "schemas/junit-10.xsd")),
    }


def table(path):
    """What is wrong with a table."""
    # Bytes, because reading as text would take away the ends of lines.
    text = path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len({len(row) for row in rows}) != 1:
        return "rows of different lengths"
    if text.count("\r\n") != len(rows):
        return "lines that do not end in CR LF"
    formulas = [cell for row in rows for cell in row if FORMULA.match(cell)]
    return f"a formula: {formulas[0]!r}" if formulas else ""


def trestle(tools, path):
    """Import and validate as a user of trestle does."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as beside:
        # It knows a format by the end of a name, and imports nothing from where it works.
        named = pathlib.Path(beside) / "run.json"
        shutil.copy(path, named)
        for arguments in (
            ["init", "--local"],
            ["import", "--file", named, "--output", "run"],
            ["validate", "--type", "assessment-results", "--name", "run"],
        ):
            command = [tools / "venv/bin/trestle", *arguments]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                return done.stdout + done.stderr
    return "" if "VALID: Model" in done.stdout + done.stderr else done.stdout + done.stderr


def refuses_what_is_damaged(tools, run, junit):
    """A validator that accepts everything would show nothing."""
    with tempfile.TemporaryDirectory() as folder:
        broken = pathlib.Path(folder) / "broken.json"
        sarif = json.loads((run / "sarif").read_text())
        sarif["runs"][0]["results"][0]["kind"] = "satisfied"
        broken.write_text(json.dumps(sarif))
        assert schema(tools, "sarif", [broken]), "SARIF with an unknown kind"
        oscal = json.loads((run / "oscal").read_text())
        findings = oscal["assessment-results"]["results"][0]["findings"]
        findings[0]["target"]["status"]["state"] = "unknown"
        broken.write_text(json.dumps(oscal))
        assert schema(tools, "oscal", [broken]), "OSCAL with an unknown state"
        assert trestle(tools, broken), "the same, for trestle"
        xml = (run / "junit").read_text().replace(' time="0"', "", 1)
        twice = (run / "junit").read_text().replace("</failure>", "</failure><error type='a'/>", 1)
        ant, jenkins = junit.values()
        assert not ant.is_valid(xml), "JUnit XML without a time"
        assert not ant.is_valid(twice), "JUnit XML with two children of a case"
        assert not jenkins.is_valid(xml.replace("<testcase ", "<case ", 1)), "an unknown element"


def main():
    """Check every run; say what was found wrong, and end with 1 where something was."""
    tools, exports = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    runs = sorted(path for path in exports.iterdir() if path.is_dir())
    assert len(runs) > 10, runs
    junit = junit_schemas(tools)
    refuses_what_is_damaged(tools, exports / "states", junit)
    wrong = []
    for name, kind in (("sarif", "sarif"), ("code-scanning", "sarif"), ("oscal", "oscal")):
        wrong.append((name, schema(tools, kind, [run / name for run in runs])))
    for run in runs:
        for name, one in junit.items():
            errors = list(one.iter_errors(str(run / "junit")))
            wrong.append((f"{run.name}: JUnit XML ({name})", "\n".join(map(str, errors[:3]))))
        for name in TABLES:
            wrong.append((f"{run.name}: {name}", table(run / name)))
        try:
            AssessmentResults(**json.loads((run / "oscal").read_text())["assessment-results"])
        except ValueError as error:
            wrong.append((f"{run.name}: oscal, as trestle reads it", str(error)))
    for name in ("ledger", "sample", "states"):
        wrong.append((f"{name}: trestle", trestle(tools, exports / name / "oscal")))
    wrong = [(what, why) for what, why in wrong if why]
    for what, why in wrong:
        print(f"{what}:\n{why}")
    print(f"{len(runs)} runs: SARIF, JUnit XML, CSV and OSCAL {'refused' if wrong else 'accepted'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
