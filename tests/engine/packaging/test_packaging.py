"""What ships, and that it is found: as a wheel, as an editable installation, from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_PROBE = """
import json, sys, pathlib
import workbench
from workbench.bundled import resource, template_folder
from workbench.catalog import load_catalog
from workbench.project import list_templates, create_from_template
made = create_from_template("wine", pathlib.Path(sys.argv[1]))
print(json.dumps({
    "package": workbench.__file__,
    "resources": str(resource()),
    "layers": len(load_catalog()),
    "templates": [t.name for t in list_templates()],
    "columns": len(made.data.columns),
    "table": (made.folder / "data.csv").is_file(),
}))
made.close()
"""


def build(kind: str, out: Path) -> Path:
    """Build a wheel with the backend that pyproject names; no download, no isolation."""
    code = f"import sys, hatchling.build as b; print(b.build_{kind}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out / done.stdout.strip().splitlines()[-1]


def probe(tmp_path, before: str = "", **environment: str) -> dict:
    """Ask a fresh Python, away from the checkout and without its installed packages (-S)."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | environment
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", before + _PROBE, str(tmp_path / "wine")],
        cwd=elsewhere, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(answer: dict, package_root: Path, resources: Path) -> None:
    assert Path(answer["package"]) == package_root / "workbench" / "__init__.py"
    assert Path(answer["resources"]) == resources
    assert answer["layers"] > 80
    assert set(answer["templates"]) == {"breast_cancer", "wine", "diabetes"}
    assert answer["columns"] == 14
    assert answer["table"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_everything_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"workbench", "ui", "keras_workbench-0.1.0.dist-info"}
    for needed in (
        "workbench/cli/main.py",
        "workbench/build/model.py",
        "ui/app.py",
        "workbench/_bundled/resources/catalog/keras.json",
        "workbench/_bundled/resources/help/start.md",
        "workbench/_bundled/models/breast_cancer/data.csv",
        "workbench/_bundled/models/wine/project.json",
        "keras_workbench-0.1.0.dist-info/licenses/LICENSE",
    ):
        assert needed in names
    assert not [n for n in names if "__pycache__" in n or n.endswith(".pyc") or "/tests/" in n]
    shipped = {n.removeprefix("workbench/_bundled/") for n in names if "_bundled" in n}
    tracked = {
        str(path.relative_to(ROOT))
        for top in ("resources", "models")
        for path in (ROOT / top).rglob("*")
        if path.is_file()
    }
    assert shipped == tracked


def test_the_wheel_names_both_commands_and_its_extras(wheel):
    archive = zipfile.ZipFile(wheel)
    info = "keras_workbench-0.1.0.dist-info"
    assert (
        "keras-workbench = workbench.cli.main:main"
        in archive.read(f"{info}/entry_points.txt").decode()
    )
    metadata = archive.read(f"{info}/METADATA").decode()
    for extra in ("cpu", "gpu", "torch", "jax", "dev"):
        assert f"Provides-Extra: {extra}" in metadata
    assert "pyside6-essentials!=6.12.0" in metadata.lower().replace(" ", "")
    assert "License-Expression: Apache-2.0" in metadata


def test_an_installed_wheel_finds_its_files(wheel, tmp_path):
    target = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "-q",
         "--disable-pip-version-check", "--target", str(target), str(wheel)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before = f"import sys; sys.path.insert(0, {str(target)!r})\n"
    check(probe(tmp_path, before), target, target / "workbench" / "_bundled" / "resources")


def test_an_editable_installation_finds_the_checkout(tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(build("editable", tmp_path)).extractall(site)
    before = f"import site; site.addsitedir({str(site)!r})\n"
    check(probe(tmp_path, before), ROOT, ROOT / "resources")


def test_the_checkout_finds_its_files(tmp_path):
    check(probe(tmp_path, PYTHONPATH=str(ROOT)), ROOT, ROOT / "resources")


def test_the_pinned_requirements_name_no_download_host():
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "http" not in text
        assert "--index-url" not in text
        pins = [line for line in text.splitlines() if line and line[0].isalnum()]
        assert len(pins) > 50
        assert all("==" in pin for pin in pins)
        assert text.count("--hash=sha256:") >= len(pins)


def test_run_and_dev_pin_the_same_versions():
    pins = [
        {
            line.split(" \\")[0]
            for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
            if line and line[0].isalnum()
        }
        for name in ("run", "dev")
    ]
    assert pins[0] <= pins[1]
    assert not [pin for pin in pins[1] if pin.lower().startswith("pyside6") and "==6.12.0" in pin]


@pytest.mark.parametrize("module", ["workbench.project", "workbench.graph", "workbench.recipe",
                                    "workbench.data", "workbench.catalog", "workbench.settings",
                                    "workbench.logs", "workbench.cli.main"])  # fmt: skip
def test_the_light_packages_load_no_keras_and_no_qt(module):
    code = (
        f"import sys, {module}; "
        "bad = {'keras', 'tensorflow', 'torch', 'jax', 'shap', 'PySide6', 'sklearn', 'ui'}; "
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
