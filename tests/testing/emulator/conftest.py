import importlib.util
import sys
from datetime import datetime
from pathlib import Path

import pytest

from b2b_dvizhenie.testing.emulator import RULES, Address, Base1C, OneC
from b2b_dvizhenie.testing.wholesaler import Profile, Wholesaler, write_catalog


def load(name):
    """A helper module that lies beside the tests (importlib mode has no package to import it from)."""
    key = f"emulator_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        module = sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[key]


def clock():
    return datetime(2026, 1, 15, 12, 0, 0)  # noqa: DTZ001 # 1C writes local time without zone


@pytest.fixture
def now():
    return clock


@pytest.fixture(scope="session")
def order_xml():
    return load("order_xml")


@pytest.fixture
def site():
    return load("site").Site()


@pytest.fixture
def url(site):
    with load("site").serving(site) as address:
        yield address


@pytest.fixture
def connect(url):
    """A factory of 1Cs that talk to the site."""

    def make(profile=Profile.UT115, base=None, rules=None, **options):
        address = Address(url, "onec", "secret")
        return OneC(address, rules or RULES[profile], base or Base1C(), clock, **options)

    return make


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    return folder, write_catalog(Wholesaler(120), folder, portion=50)
