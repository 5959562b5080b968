"""In what order files of a folder are read, and settings of nodes as they were stored."""

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.generations import AbsentGoods
from b2b_dvizhenie.domain.exchange.imports import in_order
from b2b_dvizhenie.domain.exchange.settings import NodeSettings, node_settings


def test_classifiers_come_first_then_goods_offers_prices_and_partners():
    names = ["rests/rests.xml", "offers0_10.xml", "offers0_2.xml", "contragents.xml", "prices.xml", "import0_1.xml"]
    names += ["goods/import_files/goods.xml", "groups/groups.xml", "orders-1.xml"]
    assert in_order(names) == [
        "groups/groups.xml",
        "goods/import_files/goods.xml",
        "import0_1.xml",
        "offers0_2.xml",
        "offers0_10.xml",
        "prices.xml",
        "rests/rests.xml",
        "contragents.xml",
        "orders-1.xml",
    ]


@given(st.lists(st.text(max_size=20), unique=True))
def test_any_names_have_one_order(names: list[str]):
    assert in_order(names) == in_order(reversed(names))
    assert sorted(in_order(names)) == sorted(names)


def test_a_setting_of_a_wrong_kind_counts_as_not_set():
    stored = {"absent_goods": "keep", "quiet_minutes": "soon", "brand_from": 5, "of_another_part": {}}
    assert node_settings(stored) == NodeSettings(absent_goods=AbsentGoods.KEEP)
    assert node_settings({"quiet_minutes": -5}).quiet.total_seconds() == 60


@given(
    st.dictionaries(
        st.sampled_from(NodeSettings.__struct_fields__), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_no_stored_settings_stop_an_import(stored: dict[str, object]):
    assert isinstance(node_settings(stored), NodeSettings)
