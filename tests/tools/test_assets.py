"""Third-party assets: exactly what pages use, from the locked packages, and nothing done twice."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAR = """<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" class="icon">
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M5 12l14 0" />
</svg>"""


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """The tool over a small project: two templates, three made-up packages."""
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools/assets.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    templates = tmp_path / "templates"
    (templates / "pages").mkdir(parents=True)
    (templates / "base.html").write_text('{{ icon(\'star\') }} {{ icon("star", "icon-s") }}')
    (templates / "pages/a.html").write_text('{{ icon( "minus" ) }} {{ icons("not-one") }}')
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "TEMPLATES", templates)
    monkeypatch.setattr(tool, "VENDOR", tmp_path / "vendor")
    return tool


@pytest.fixture
def packages(assets, tmp_path):
    """What npm would have installed."""
    folder = tmp_path / "node_modules"
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for package in (assets.HTMX, assets.FONT, assets.ICONS, assets.SUBSETTER):
        (folder / package).mkdir(parents=True)
        version = locked[f"node_modules/{package}"]["version"]
        (folder / package / "package.json").write_text(json.dumps({"version": version}))
    for package, source in assets.FILES.values():
        path = folder / package / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content\n//# sourceMappingURL=x.map\n")
    for name in ("star", "minus"):
        path = folder / assets.ICONS / f"icons/outline/{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAR)
    return folder


@pytest.fixture
def node(tmp_path):
    """A node that cuts nothing out: the whole font under the other name."""
    path = tmp_path / "node"
    path.write_text('#!/bin/sh\ncp "$3" "$4"\n')
    path.chmod(0o755)
    return str(path)


def test_the_icons_are_those_that_templates_name(assets):
    assert assets.icons_in_use() == ["minus", "star"]


def test_the_sprite_holds_each_icon_once_without_its_background(assets, packages):
    sprite = assets.sprite(["minus", "star"], packages)
    assert sprite.count("<symbol") == 2
    assert '<symbol id="star" viewBox="0 0 24 24"><path d="M5 12l14 0" /></symbol>' in sprite


def test_an_icon_that_does_not_exist_is_named(assets, packages):
    with pytest.raises(assets.AssetsError, match=r'icon\("nope"\)'):
        assets.sprite(["nope"], packages)


def test_the_build_is_complete_and_then_up_to_date(assets, packages, node):
    stamp = assets.fingerprint(["star"])
    assert not assets.up_to_date(stamp)
    assets.VENDOR.mkdir()
    assets.build(assets.VENDOR, packages, node, ["star"], stamp)
    assert assets.up_to_date(stamp)
    assert b"sourceMappingURL" not in (assets.VENDOR / "htmx.min.js").read_bytes()
    manifest = json.loads((assets.VENDOR / "manifest.json").read_text())
    named = {entry["package"] for entry in manifest["packages"]}
    assert named == {assets.HTMX, assets.FONT, assets.ICONS, assets.SUBSETTER}
    assert all(entry["integrity"].startswith("sha512-") and entry["licence"] for entry in manifest["packages"])
    (assets.VENDOR / "htmx.min.js").unlink()
    assert not assets.up_to_date(stamp)


def test_another_icon_or_lock_file_changes_the_fingerprint(assets):
    stamp = assets.fingerprint(["star"])
    assert assets.fingerprint(["star", "minus"]) != stamp
    (assets.ROOT / "package-lock.json").write_text("{}")
    assert assets.fingerprint(["star"]) != stamp


def test_another_version_than_the_locked_one_is_refused(assets, packages):
    (packages / assets.HTMX / "package.json").write_text('{"version": "0.0.1"}')
    with pytest.raises(assets.AssetsError, match=r"0\.0\.1"):
        assets.packages_manifest(packages)


def test_a_failing_child_is_one_clear_line(assets, tmp_path):
    with pytest.raises(assets.AssetsError, match=r"npm ci failed.*no such host"):
        assets.run(["sh", "-c", "echo 'npm ERR! no such host' >&2; exit 1"], tmp_path, "npm ci failed")


def test_nothing_is_fetched_when_all_is_there(assets, packages, node, monkeypatch):
    icons = assets.icons_in_use()
    assets.VENDOR.mkdir()
    assets.build(assets.VENDOR, packages, node, icons, assets.fingerprint(icons))
    monkeypatch.setattr(assets, "install_packages", lambda *_args, **_named: pytest.fail("fetched again"))
    assert assets.main() == 0


def test_no_package_of_the_lock_file_names_a_registry_host():
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
