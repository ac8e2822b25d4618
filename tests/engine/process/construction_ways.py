"""Ways through the construction matters of the shelf: the four 即, their child cases, and the two bundles."""

from collections.abc import Iterable, Mapping

from tests.engine.process.walking import Walk

PLAN = ["土方开挖与基坑支护", "基础与地下工程", "地上主体工程"]


def ways(process: str, *late: str, **named: Mapping[str, object]) -> dict[str, Walk]:
    """The ordinary way, the same with every limit lapsed, and others by name (`_` for a space): what they answer by task or
    child case, and what the case is opened with under `data`."""
    found = {"on time": Walk(process=process)}
    if late:
        found["late"] = Walk(process=process, lapses=frozenset(late))
    for name, answers in named.items():
        given = dict(answers)
        data = given.pop("data", {})
        found[name.replace("_", " ")] = Walk(process=process, data=data, answers=listed(given.items()))
    return found


def listed(answers: Iterable[tuple[str, object]]) -> dict[str, list[str]]:
    return {task: list(given) if isinstance(given, list) else [given] for task, given in answers}


CONSTRUCTION = {
    "negotiation_service": ways(
        "negotiation_service", "assign_late", "service_late", "plan_late",
        shelved={"talk": "shelved"},
        assessed_separately={"look_up_results": "separate"},
    ),
    "land_supply": ways(
        "land_supply", "promise_late", "result_late",
        scheme_sent_back={"approve_scheme": ["send_back", "send_back"]},
        scheme_refused={"approve_scheme": "refuse"},
        unsold={"confirm_deal": "unsold"},
        permits_refused={"four_permits": "refused"},
        permits_incomplete={"check_permits": "incomplete"},
    ),
    "construction_support": ways(
        "construction_support",
        in_phases={"choose_plan": "phased", "data": {"phases": PLAN}},
        with_occupation={"data": {"wants_occupation": True}},
        nothing_else={"data": {"wants_utilities": False}},
        partly={"utilities": "terminated", "sum_up": "partly"},
        not_accepted={"verify": "return"},
    ),
    "phase_permit": ways(
        "phase_permit", "promise", "statute",
        sent_back={"decide_case": "send_back"},
        refused={"decide_case": "refuse"},
        not_accepted={"verify": "decline"},
    ),
    "utilities_connection": ways(
        "utilities_connection",
        outside={"gather_plans": "outside"},
        outside_all={"gather_plans": "outside", "data": {"crosses_green": True, "touches_traffic": True}},
        outside_sent_back={"gather_plans": "outside", "decide_outside": "send_back"},
        outside_refused={"gather_plans": "outside", "decide_outside": "refuse"},
        outside_crosses_nothing={"gather_plans": "outside", "data": {"crosses_planning": False, "digs_road": False}},
        all_four={"data": {"wants_gas": True, "wants_network": True}},
        nothing_wanted={"data": {"wants_water": False, "wants_power": False}},
        not_accepted={"verify": "not_applicable"},
    ) | {"late": Walk(process="utilities_connection", answers={"gather_plans": ["outside"]},
                      lapses=frozenset({"plan_late", "outside_late", "switch_late"}))},
    "road_and_green_occupation": ways(
        "road_and_green_occupation", "statute",
        three_fees={"pay_fees": ["more", "more"]},
        free={"assess_fees": "free"},
        only_green={"data": {"takes_road": False}},
        takes_nothing={"data": {"takes_road": False, "takes_green": False}},
        restored_at_last={"verify_restoration": ["unrestored", "unrestored"]},
        sent_back={"decide_occupation": "send_back"},
        refused={"decide_occupation": "refuse"},
        not_accepted={"verify": "return"},
    ),
    "completion_to_certificate": ways(
        "completion_to_certificate",
        failed={"inspection": "refused"},
        unregistered={"registration": "refused"},
    ),
    "real_estate_registration": ways(
        "real_estate_registration", "promise", "statute",
        sent_back={"decide_case": ["send_back", "send_back"]},
        refused={"decide_case": "refuse"},
        not_accepted={"verify": "decline"},
    ),
    "filing": ways("filing", not_accepted={"verify": "return"}),
    "site_permit": ways(
        "site_permit", "promise", "statute",
        sent_back={"decide_case": "send_back"},
        refused={"decide_case": "refuse"},
        not_accepted={"verify": "decline"},
    ),
    "project_start": ways(
        "project_start",
        everything={"data": {"wants_occupation": True, "wants_site_permit": True}},
        only_the_permits={"data": {"wants_utilities": False, "wants_wage_filing": False}},
        option_withdrawn={"temporary_utilities": "withdrawn"},
        permits_refused={"permits": "refused"},
        permits_incomplete={"check_permits": "incomplete"},
        not_accepted={"verify": "decline"},
    ),
    "completion_acceptance": ways(
        "completion_acceptance",
        with_utilities={"data": {"wants_utilities": True}},
        not_registered={"data": {"wants_registration": False}},
        failed={"inspection": "refused"},
        not_accepted={"verify": "return"},
    ),
}
"""By process, by the name of the way."""
