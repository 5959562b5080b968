from collections import Counter

import pytest

from b2b_dvizhenie.testing.wholesaler import Dirt, Wholesaler
from b2b_dvizhenie.testing.wholesaler.assortment import assortment

CLEAN = Dirt(**dict.fromkeys(Dirt.__struct_fields__, 0))


def test_equal_arguments_make_equal_goods_in_any_order():
    forward = list(Wholesaler(300, seed=7).goods())
    backward = [Wholesaler(300, seed=7).good(number) for number in reversed(range(300))]
    assert forward == backward[::-1]
    assert forward != list(Wholesaler(300, seed=8).goods())


def test_a_larger_catalogue_begins_with_the_smaller_one():
    assert list(Wholesaler(5000).goods(0, 200)) == list(Wholesaler(200).goods())


def test_refs_codes_and_barcodes_are_unique_and_names_too_without_dirt():
    goods = list(Wholesaler(30_000, dirt=CLEAN).goods())
    assert len({good.ref for good in goods}) == len(goods)
    assert len({good.barcode for good in goods}) == len(goods)
    assert len({good.article for good in goods}) == len(goods)
    assert len({good.name for good in goods}) == len(goods)
    variants = [variant for good in goods for variant in good.variants]
    assert len({variant.ref for variant in variants}) == len(variants)
    assert len({variant.barcode for variant in variants} | {good.barcode for good in goods}) == len(goods) + len(
        variants
    )


def test_the_dirt_comes_at_its_rates():
    goods = list(Wholesaler(40_000).goods())
    share = {
        "duplicate_article": sum(good.article_copied for good in goods),
        "empty_article": sum(not good.article for good in goods),
        "deleted": sum(good.deleted for good in goods),
        "no_barcode": sum(not good.barcode for good in goods),
        "zero_price": sum(good.retail == 0 for good in goods),
        "no_price": sum(good.retail == -1 for good in goods),
        "no_section": sum(not good.section_ref for good in goods),
        "untidy_name": sum(good.name != " ".join(good.name.split()) for good in goods),
    }
    dirt = Dirt()
    for name, count in share.items():
        expected = getattr(dirt, name) * 4
        assert 0.6 * expected < count < 1.4 * expected, name


def test_prices_fall_from_retail_to_dealer_and_carry_kopecks():
    priced = [offer.prices for offer in Wholesaler(3000).offers() if offer.prices and offer.prices[0]]
    assert all(list(prices) == sorted(prices, reverse=True) for prices in priced)
    assert all(min(prices) > 0 for prices in priced)
    assert sum(price % 100 != 0 for prices in priced for price in prices) > 0.9 * 4 * len(priced)
    assert min(prices[0] for prices in priced) < 2000
    assert max(prices[0] for prices in priced) > 5_000_000


def test_stocks_have_zeros_and_low_values_and_halves_only_for_metres():
    offers = list(Wholesaler(3000).offers())
    stocks = [stock for offer in offers for stock in offer.stocks]
    assert 0.25 < stocks.count(0) / len(stocks) < 0.35
    assert 0.15 < sum(0 < stock < 100 for stock in stocks) / len(stocks) < 0.3
    assert any(stock < 0 for stock in stocks)
    halves = {offer.good.family.unit.short for offer in offers for stock in offer.stocks if stock % 10}
    assert halves == {"м"}


def test_a_few_percent_of_goods_have_variants_with_own_stocks():
    goods = list(Wholesaler(10_000).goods())
    varied = [good for good in goods if good.variants]
    assert 0.02 < len(varied) / len(goods) < 0.1
    assert {variant.attribute for good in varied for variant in good.variants} == {"Цвет", "Бухта"}
    offers = list(Wholesaler(10_000).offers_of(varied[0]))
    assert [offer.variant for offer in offers] == list(varied[0].variants)
    assert len({offer.stocks for offer in offers}) > 1


def test_a_day_moves_some_offers_and_leaves_the_others():
    wholesaler = Wholesaler(2000)
    before = {offer_key(offer): offer for offer in wholesaler.offers(day=4)}
    after = {offer_key(offer): offer for offer in wholesaler.offers(day=5)}
    told = {offer_key(offer) for offer in wholesaler.changed_offers(5)}
    moved = {
        key for key, offer in after.items() if (offer.prices, offer.stocks) != (before[key].prices, before[key].stocks)
    }
    assert moved <= told
    assert 0.05 < len(moved) / len(after) < 0.25
    assert {offer_key(offer): offer for offer in wholesaler.changed_offers(5)} == {key: after[key] for key in told}


def offer_key(offer):
    return offer.good.ref, offer.variant.ref if offer.variant else ""


def test_the_tree_is_four_levels_deep_and_every_section_of_goods_is_in_it():
    leaves = {}

    def walk(sections, depth):
        for section in sections:
            if section.children:
                walk(section.children, depth + 1)
            else:
                leaves[section.ref] = depth

    walk(assortment().sections, 1)
    assert set(leaves.values()) == {4}
    used = Counter(good.section_ref for good in Wholesaler(5000, dirt=CLEAN).goods())
    assert used.keys() <= leaves.keys()
    assert len(used) > 0.95 * len(leaves)


def test_values_of_goods_are_in_the_dictionaries_of_their_properties():
    properties = {item.ref: item for item in assortment().properties}
    for good in Wholesaler(3000).goods():
        for axis, option in zip(good.family.axes, good.options, strict=True):
            item = properties[axis.property_ref]
            assert item.number == (not option.value_ref)
            assert item.number or option.value_ref in dict(item.values)
            assert not item.number or float(option.value) > 0


def test_there_are_enough_brands_and_families():
    assert len(assortment().brands) >= 12
    assert len(assortment().families) >= 50
    assert {good.family.vat for good in Wholesaler(3000).goods()} == {"22", "10"}


def test_an_empty_wholesaler_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Wholesaler(0)
