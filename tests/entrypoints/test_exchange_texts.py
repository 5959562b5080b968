"""The journal's short form of a refusal becomes the sentence of the refusal again."""

import pytest

from b2b_dvizhenie.entrypoints.exchange_texts import import_error_text


@pytest.mark.parametrize(
    ("code", "detail", "text"),
    [
        ("exchange.xml_malformed", "detail=a=b, c, line=12", "Ошибка разметки XML в строке 12: a=b, c"),
        ("exchange.xml_malformed", "line=7, detail=x", "Ошибка разметки XML в строке 7: x"),
        ("exchange.file_truncated", "no closing tag", "Файл оборван: no closing tag. Повторите выгрузку."),
        ("exchange.file_missing", "", "Файл a.xml не найден: он не был передан ни сам, ни в архиве"),
        ("exchange.file_gone", "name=b.xml", "Файл b.xml уже удалён с диска. Передайте его из 1С ещё раз."),
        ("exchange.of_a_later_version", "x=1", "Ошибка на стороне портала. Мы уже знаем о ней; повторите обмен позже."),
    ],
)
def test_sentence(code: str, detail: str, text: str) -> None:
    assert import_error_text(code, detail, "a.xml", "ru") == text
