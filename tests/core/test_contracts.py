from __future__ import annotations

from core.bootstrap import Application
from core.contracts import Contracts
from core.settings import ROOT
from core.use_cases import UseCase, parse

GOOD = (ROOT / "prompts" / "customer_insight.md").read_text()


def use_case(old: str = "", new: str = "") -> UseCase:
    assert old in GOOD
    return parse("customer_insight.md", GOOD.replace(old, new, 1))


def test_a_file_that_fits_its_procedure_is_asked_about_once(application: Application) -> None:
    contracts = Contracts(application.databases)
    fitting = use_case()
    contracts.ask_all([fitting])
    assert contracts.broken() == ()
    application.databases["sample"].close()
    contracts.ask_all([fitting])
    assert contracts.broken() == ()


def test_a_misspelt_further_parameter_is_named_until_the_file_is_mended(application: Application) -> None:
    contracts = Contracts(application.databases)
    contracts.ask_all([use_case("months: {type", "month: {type")])
    [broken] = contracts.broken()
    assert "no parameter month; the nearest is months" in broken.message
    assert "customer_id, months" in broken.hint
    contracts.ask_all([use_case()])
    assert contracts.broken() == ()


def test_a_missing_procedure_or_database_is_left_to_health(application: Application) -> None:
    contracts = Contracts(application.databases)
    contracts.ask_all([use_case("business.customer_insight", "business.nothing"), use_case("sample", "elsewhere")])
    assert contracts.broken() == ()
