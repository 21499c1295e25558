"""Recommendations written by hand, of every kind that a person may get, and the few questions they rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.advice.model import (
    Alert,
    Assumption,
    Change,
    CostLine,
    Costs,
    Decision,
    Direction,
    Finding,
    GateState,
    Item,
    Location,
    Plan,
    Range,
    Readiness,
    Recommendation,
    Staffing,
    Swing,
    Verdict,
)
from bot.interview.model import Interview, Kind, Option, Question, Texts, Truth, Value

HOSTILE = (
    '<b>#import "x"</b> $x$ @a *b* _c_ \\frac{1}{2} {lang} %s \x00\x07🛒 '
    "[link](http://a.example) `code` // #pagebreak()"
)
VERY_LONG = "Réclamations de facturation des abonnés professionnels " * 20


def both(fr: str, en: str) -> Texts:
    return {"fr": fr, "en": en}


def _question(field: str, kind: Kind, fr: str, en: str, *options: tuple[Any, str, str], **more: Any) -> Question:
    chosen = tuple(Option(value, both(french, english)) for value, french, english in options)
    scope = "company" if field in ("objective", "pilot_capacity", "budget_eur_year", "sector") else "flow"
    return Question(field, scope, kind, both(fr + " ?", en + "?"), both(fr, en), both("", ""), (), chosen, **more)


INTERVIEW = Interview(
    "curseur",
    1,
    (
        _question("sector", Kind.TEXT, "Secteur", "Sector"),
        _question(
            "objective",
            Kind.CHOICES,
            "Objectifs",
            "Objectives",
            ("cost", "Réduire les coûts", "Cut costs"),
            ("peaks", "Absorber les pics", "Absorb peaks"),
            ("extended_hours", "Élargir les horaires", "Extend hours"),
        ),
        _question("pilot_capacity", Kind.COUNT, "Pilotage disponible", "Piloting available", unit=both("ETP", "FTE")),
        _question("budget_eur_year", Kind.MONEY, "Budget annuel", "Yearly budget", unit=both("€/an", "€/year")),
        _question("time_horizon_months", Kind.MONTHS, "Échéance visée", "Target date", unit=both("mois", "months")),
        _question("flow_name", Kind.TEXT, "Nom du flux", "Name of the flow"),
        _question(
            "interaction_type",
            Kind.CHOICES,
            "Type de demandes",
            "Type of requests",
            ("after_sales", "SAV", "After-sales"),
            ("orders", "Commandes", "Orders"),
        ),
        _question(
            "channels",
            Kind.CHOICES,
            "Canaux",
            "Channels",
            ("phone", "Téléphone", "Phone"),
            ("email", "E-mail", "Email"),
        ),
        _question(
            "monthly_volume",
            Kind.VOLUME,
            "Volume mensuel",
            "Monthly volume",
            unit=both("contacts/mois", "contacts/month"),
        ),
        _question("aht_minutes", Kind.DURATION, "Durée de traitement", "Handling time", unit=both("min", "min")),
        _question("agents_fte", Kind.COUNT, "Agents en poste", "Agents in post", unit=both("ETP", "FTE")),
        _question("peak_factor", Kind.FACTOR, "Ampleur des pics", "Size of the peaks", unit=both("fois", "times")),
        _question("hours_needed", Kind.SCHEDULE, "Horaires nécessaires", "Hours needed"),
        _question("languages_needed", Kind.LANGUAGES, "Langues nécessaires", "Languages needed"),
        _question(
            "complexity",
            Kind.CHOICE,
            "Complexité",
            "Complexity",
            (1, "Niveau 1, simple", "Level 1, simple"),
            (2, "Niveau 2, mixte", "Level 2, mixed"),
            (3, "Niveau 3, expert", "Level 3, expert"),
        ),
        _question("scripted", Kind.BOOLEAN, "Demandes standardisées", "Standardised requests"),
        _question("unique_knowhow", Kind.BOOLEAN, "Savoir-faire unique", "Unique know-how"),
        _question("personal_data", Kind.BOOLEAN, "Données personnelles", "Personal data"),
        _question(
            "brand_criticality",
            Kind.CHOICE,
            "Enjeu d'image",
            "Brand stakes",
            ("low", "Faible", "Low"),
            ("high", "Fort", "High"),
        ),
        _question(
            "process_documented",
            Kind.CHOICE,
            "Processus documentés",
            "Documented processes",
            ("yes", "Oui", "Yes"),
            ("partial", "En partie", "Partly"),
            ("no", "Non", "No"),
        ),
        _question("baseline_kpis_known", Kind.BOOLEAN, "Mesures actuelles connues", "Current figures known"),
        _question(
            "current_csat_pct", Kind.PERCENT, "Satisfaction actuelle", "Current satisfaction", unit=both("%", "%")
        ),
        _question(
            "loaded_cost_per_agent_eur_year",
            Kind.MONEY,
            "Coût chargé par agent",
            "Loaded cost per agent",
            unit=both("€/an", "€/year"),
        ),
    ),
    (),
    (),
)

FACTS: dict[str, Value] = {
    "sector": "commerce en ligne",
    "objective": ("cost", "peaks"),
    "pilot_capacity": 0.5,
    "budget_eur_year": 400000,
    "time_horizon_months": 9,
    "flow_name": "SAV téléphone et e-mail",
    "interaction_type": ("after_sales",),
    "channels": ("phone", "email"),
    "monthly_volume": 12000,
    "aht_minutes": 6,
    "peak_factor": 3,
    "hours_needed": "Mon-Fri 09:00-20:00, Sat 09:00-18:00",
    "languages_needed": ("fr", "en"),
    "complexity": 2,
    "scripted": True,
    "unique_knowhow": False,
    "personal_data": True,
    "process_documented": "partial",
    "baseline_kpis_known": True,
    "current_csat_pct": 81,
    "loaded_cost_per_agent_eur_year": 36000,
}


def _finding(
    rule: str,
    direction: Direction,
    truth: Truth,
    fr: tuple[str, str],
    en: tuple[str, str],
    decided_by: tuple[str, ...],
    cites: tuple[str, ...],
    *,
    missing: tuple[str, ...] = (),
    decisive: bool = False,
) -> Finding:
    return Finding(rule, both(fr[0], en[0]), direction, truth, both(fr[1], en[1]), decided_by, missing, cites, decisive)


FINDINGS = (
    _finding(
        "unique-knowhow",
        Direction.IN_HOUSE,
        Truth.NO,
        ("Savoir-faire unique", "Un savoir-faire difficile à transmettre reste en interne."),
        ("Unique know-how", "Know-how that is hard to hand over stays in-house."),
        ("unique_knowhow",),
        ("sharing-flows#keep-in-house",),
    ),
    _finding(
        "peaks",
        Direction.OUTSOURCE,
        Truth.YES,
        (
            "Pics récurrents et coûteux",
            "Vos pics triplent le mois normal : un prestataire ajuste ses effectifs sans que vous recrutiez, puis il "
            "redescend sans licenciement.",
        ),
        (
            "Recurrent, costly peaks",
            "Your peaks triple a normal month: a provider scales its teams without you having to recruit, then scales "
            "down again.",
        ),
        ("peak_factor", "monthly_volume"),
        ("sharing-flows#economic-candidates", "company-scenarios#seasonality"),
        decisive=True,
    ),
    _finding(
        "scripted-volume",
        Direction.OUTSOURCE,
        Truth.YES,
        ("Gros volume standardisé", "Les demandes simples et nombreuses sont les premières à confier."),
        ("Large standardised volume", "Simple and numerous requests are the first to hand over."),
        ("scripted", "monthly_volume"),
        ("sharing-flows#economic-candidates",),
    ),
    _finding(
        "mixed-complexity",
        Direction.PARTIAL,
        Truth.YES,
        (
            "Complexité mixte",
            "Une partie des demandes réclame vos équipes : le niveau 1 peut sortir, les cas complexes restent.",
        ),
        ("Mixed complexity", "Some requests need your teams: level 1 can go out, complex cases stay."),
        ("complexity",),
        ("company-scenarios#hybrid-model",),
        decisive=True,
    ),
    _finding(
        "balance-nearshore",
        Direction.NEARSHORE,
        Truth.YES,
        (
            "Équilibre entre coût et proximité",
            "Le nearshore partage la langue et garde des horaires proches des vôtres.",
        ),
        ("Balance of cost and proximity", "Nearshore shares the language and keeps hours close to yours."),
        ("languages_needed", "objective"),
        ("onshore-nearshore-offshore#nearshore",),
    ),
    _finding(
        "image-onshore",
        Direction.ONSHORE,
        Truth.UNKNOWN,
        ("Image de marque sensible", "Une image sensible plaide pour la France."),
        ("Sensitive brand image", "A sensitive image speaks for France."),
        (),
        ("onshore-nearshore-offshore#onshore",),
        missing=("brand_criticality",),
    ),
    _finding(
        "cost-motive",
        Direction.CAUTION,
        Truth.YES,
        ("Le coût parmi les motifs", "Fixez d'abord vos objectifs de qualité : le prix seul mène à des déceptions."),
        ("Cost among the motives", "Set your quality objectives first: price alone leads to disappointment."),
        ("objective",),
        ("five-mistakes#mistake-cost", "sources-disagree#cost-as-motive"),
    ),
    _finding(
        "regulated",
        Direction.PARTIAL,
        Truth.NO,
        ("Secteur réglementé", "Un secteur réglementé n'externalise pas tout."),
        ("Regulated sector", "A regulated sector does not outsource everything."),
        ("sector",),
        ("company-scenarios#regulated",),
    ),
)


def _gate(gate: str, fr: tuple[str, str], en: tuple[str, str], truth: Truth, weeks: Any, **more: Any) -> GateState:
    points = {Truth.YES: 20.0, Truth.NO: 0.0, Truth.UNKNOWN: 0.0}[truth] / (2 if more.get("partly") else 1)
    return GateState(
        gate,
        both(fr[0], en[0]),
        truth,
        more.get("partly", False),
        both(fr[1], en[1]),
        weeks,
        both("", ""),
        more.get("decided_by", ()),
        ("preparation-and-timeline#am-i-ready",),
        points,
        20.0,
    )


GATES = (
    _gate(
        "flows",
        ("Flux identifiés", "Listez vos demandes."),
        ("Flows identified", "List your requests."),
        Truth.YES,
        None,
    ),
    _gate(
        "process",
        ("Processus documentés", "Complétez la documentation des procédures."),
        ("Documented processes", "Complete the documentation of your procedures."),
        Truth.YES,
        (4, 8),
        partly=True,
        decided_by=("process_documented",),
    ),
    _gate(
        "baseline",
        ("Performance mesurée", "Mesurez satisfaction, résolution et délais."),
        ("Performance measured", "Measure satisfaction, resolution and delays."),
        Truth.YES,
        (4, 8),
        decided_by=("baseline_kpis_known",),
    ),
    _gate(
        "pilot",
        ("Pilote désigné", "Nommez une personne qui suivra le prestataire chaque semaine."),
        ("Pilot named", "Name somebody who will follow the provider every week."),
        Truth.YES,
        (1, 2),
        decided_by=("pilot_capacity",),
    ),
    _gate(
        "objectives",
        ("Objectifs de qualité fixés", "Fixez vos objectifs de qualité avant de parler prix."),
        ("Quality objectives set", "Set your quality objectives before talking price."),
        Truth.YES,
        (1, 2),
    ),
)


def _closed(gates: tuple[GateState, ...]) -> tuple[GateState, ...]:
    changed = {"process": Truth.NO, "baseline": Truth.UNKNOWN}
    return tuple(
        replace(gate, truth=changed[gate.id], partly=False, points=0.0) if gate.id in changed else gate
        for gate in gates
    )


def _line(name: str, fr: str, en: str, low: float, central: float, high: float, *, assumed: bool = True) -> CostLine:
    return CostLine(name, both(fr, en), Range(low, central, high), assumed, ("sharing-flows#internal-costs",))


COSTS = Costs(
    Staffing(Range(9.1, 10.4, 12.2), Range(10.2, 11.8, 13.9), 2.6, Range(10.2, 11.8, 13.9), Range(10.2, 11.8, 13.9)),
    Range(498312, 611544, 760021),
    Range(362118, 468230, 611870),
    Range(1494936, 1834632, 2280063),
    Range(1219400, 1592700, 2083110),
    (
        _line("salaries", "Salaires chargés", "Loaded salaries", 367200, 424800, 500400, assumed=False),
        _line("management", "Encadrement et recrutement", "Management and recruitment", 48000, 66000, 90000),
        _line("training", "Formation", "Training", 9000, 14000, 21000),
        _line("licences", "Licences et télécoms", "Licences and telecom", 14000, 21000, 30000),
        _line("premises", "Locaux", "Premises", 28000, 36000, 48000),
        _line("turnover", "Départs et remplacements", "Turnover", 18000, 27000, 40000),
        _line("absenteeism", "Absences", "Absenteeism", 14112, 22744, 30621),
    ),
    (
        _line("price", "Prestation", "Service", 240000, 310000, 410000),
        _line("retained", "Part gardée en interne", "Part kept in-house", 92118, 118230, 146870),
        _line("piloting", "Pilotage et audits", "Steering and audits", 30000, 40000, 55000),
    ),
    (
        _line("transition", "Transition et mise en place", "Transition and set-up", 60000, 90000, 130000),
        _line("exit", "Provision de sortie", "Exit provision", 30000, 50000, 80000),
        _line("churn", "Clients perdus", "Lost customers", 10000, 20000, 40000),
    ),
    Range(-248174, 241932, 640000),
    13.2,
    both(
        "Les deux solutions coûtent le même prix vers 7 400 contacts par mois.",
        "Both solutions cost the same at about 7,400 contacts a month.",
    ),
    7400,
    806,
    (
        Swing(both("Prix du prestataire par contact", "Provider's price per contact"), 541932, -58068),
        Swing(both("Part du volume qui sort", "Share of the volume that goes out"), 81932, 371932),
        Swing(both("Durée de traitement", "Handling time"), 120000, 330000, "aht_minutes"),
        Swing(both("Temps productif d'un agent en interne", "Productive time of an in-house agent"), 310000, 190000),
        Swing(both("Transition", "Transition"), 271932, 201932),
    ),
    (
        Assumption(
            "productive_hours",
            both("Heures productives par agent", "Productive hours per agent"),
            Range(1200, 1350, 1450),
            both("h/an", "h/year"),
        ),
        Assumption(
            "provider_price",
            both("Prix d'un contact, nearshore", "Price of a contact, nearshore"),
            Range(2.2, 2.9, 3.8),
            both("€/contact", "€/contact"),
        ),
        Assumption(
            "agents",
            both("Effectif actuel", "Current headcount"),
            Range(10.2, 11.8, 13.9),
            both("ETP", "FTE"),
            "agents_fte",
        ),
    ),
    Range(0.6, 0.7, 0.8),
    opportunity_hours=Range(3000, 4200, 5600),
)

NO_COSTS = Costs(
    Staffing(None, None, None, None, None),
    None,
    None,
    None,
    None,
    assumptions=COSTS.assumptions,
)


def _item(name: str, fr: tuple[str, str], en: tuple[str, str], *cites: str, **more: Any) -> Item:
    return Item(name, both(fr[0], en[0]), both(fr[1], en[1]), cites, **more)


RISKS = tuple(
    _item(name, fr, en, cite, level=level, why=both(*why) if why else {})
    for name, fr, en, cite, level, why in (
        (
            "data",
            ("Sécurité des données", "Prestataire certifié ISO 27001, clauses de l'article 28 du RGPD, audits."),
            ("Data security", "ISO 27001 certified provider, GDPR article 28 clauses, audits."),
            "seven-risks#data-security",
            3,
            ("des données personnelles circulent.", "personal data is involved."),
        ),
        (
            "hidden",
            ("Coûts cachés", "Prix écrits au contrat : surplus de volume, formation, évolutions."),
            ("Hidden costs", "Prices written into the contract: extra volume, training, changes."),
            "seven-risks#hidden-costs",
            3,
            ("vos volumes triplent en période de pic.", "your volumes triple at peak time."),
        ),
        (
            "control",
            ("Perte de contrôle", "Niveaux de service mesurés, indicateurs partagés, rapports réguliers."),
            ("Loss of control", "Measured service levels, shared indicators, regular reports."),
            "seven-risks#loss-of-control",
            2,
            None,
        ),
        (
            "quality",
            ("Qualité irrégulière", "Double écoute, audits, formation à vos produits."),
            ("Uneven quality", "Double listening, audits, training on your products."),
            "seven-risks#service-quality",
            2,
            None,
        ),
        (
            "language",
            ("Langue et culture", "Formation à la langue et aux usages de vos clients."),
            ("Language and culture", "Training in the language and habits of your customers."),
            "seven-risks#language-barriers",
            2,
            None,
        ),
        (
            "dependency",
            ("Dépendance au prestataire", "Plan de sortie, réversibilité, noyau interne gardé."),
            ("Dependency on the provider", "Exit plan, reversibility, an in-house core kept."),
            "seven-risks#vendor-dependency",
            2,
            None,
        ),
        (
            "compliance",
            ("Conformité", "Respect du droit local et international, vérifié chaque année."),
            ("Compliance", "Local and international law respected, checked every year."),
            "seven-risks#compliance",
            1,
            None,
        ),
    )
)

PLAN = Plan(
    RISKS,
    (
        _item(
            "csat",
            ("CSAT : 85 %", "Satisfaction après contact, suivie chaque mois."),
            ("CSAT: 85%", "Satisfaction after a contact, followed monthly."),
            "keys-to-success#kpis",
        ),
        _item(
            "fcr",
            ("FCR : plus de 70 %", "Demandes résolues au premier contact."),
            ("FCR: over 70%", "Requests solved at first contact."),
            "keys-to-success#fcr",
        ),
        _item(
            "nps",
            ("NPS : 40 ou plus", "Mesuré chaque trimestre."),
            ("NPS: 40 or more", "Measured quarterly."),
            "keys-to-success#kpis",
        ),
        _item(
            "speed",
            ("Appels urgents : moins de 30 s", "En pourcentage, dans une bande de volume."),
            ("Urgent calls: under 30 s", "As a percentage, within a volume band."),
            "sources-disagree#absolute-sla",
        ),
    ),
    (
        _item(
            "penalty",
            ("Pénalité sur le FCR", "10 % de la facture en moins si le FCR passe sous 65 % deux semaines."),
            ("FCR penalty", "10% off the invoice when FCR falls under 65% for two weeks."),
            "keys-to-success#contract-sla",
        ),
    ),
    (
        _item(
            "results",
            ("Objectifs de résultat", "Le contrat fixe les résultats, le prestataire choisit ses méthodes."),
            ("Result objectives", "The contract sets results, the provider chooses its methods."),
            "sources-disagree#specifications-detail",
        ),
        _item(
            "bands",
            ("Bandes de volume", "Des prix par tranche, révisés quand le volume sort de la bande."),
            ("Volume bands", "Prices by band, reviewed when the volume leaves it."),
            "sources-disagree#absolute-sla",
        ),
        _item(
            "art28",
            ("Article 28 du RGPD", "Aucune donnée transférée avant signature des clauses et audit."),
            ("GDPR article 28", "No data transferred before clauses are signed and audited."),
            "seven-risks#data-security",
        ),
        _item(
            "exit",
            ("Réversibilité et sortie anticipée", "Préavis, reprise des données, aide au transfert."),
            ("Reversibility and early exit", "Notice, data hand-back, help with the transfer."),
            "mitigating-risks#exit-strategy",
        ),
    ),
    (
        _item(
            "references",
            ("Références dans votre secteur", "Demandez à parler à deux clients."),
            ("References in your sector", "Ask to talk to two clients."),
            "mitigating-risks#choose-partner",
        ),
        _item(
            "dearer",
            ("Le moins cher n'est pas le but", "15 % plus cher avec une meilleure satisfaction peut l'emporter."),
            ("Cheapest is not the aim", "15% dearer with better satisfaction may win."),
            "five-mistakes#mistake-cost",
        ),
    ),
    (
        _item(
            "weekly",
            ("Point hebdomadaire", "Suivi des indicateurs avec le chef de plateau."),
            ("Weekly follow-up", "Review of indicators with the team leader."),
            "keys-to-success#communication",
        ),
        _item(
            "steering",
            ("Comité de pilotage mensuel", "Avec des décideurs des deux côtés."),
            ("Monthly steering committee", "With decision-makers on both sides."),
            "sources-disagree#meeting-cadence",
            assumed=True,
        ),
    ),
    (
        _item(
            "early",
            (
                "Prévenir tôt",
                "Expliquez le projet avant l'appel d'offres, proposez des postes de coordination qualité.",
            ),
            ("Tell early", "Explain the project before the tender, offer quality-coordinator posts."),
            "keys-to-success#internal-teams",
        ),
    ),
    (
        _item(
            "prepare",
            ("Préparer", "Documentation, mesures de départ, cahier des charges."),
            ("Prepare", "Documentation, baseline, specifications."),
            "preparation-and-timeline#timeline",
            weeks=(8.7, 13),
        ),
        _item(
            "tender",
            ("Consulter", "Appel d'offres, visites, choix."),
            ("Tender", "Tender, visits, choice."),
            "preparation-and-timeline#timeline",
            weeks=(4.3, 8.7),
        ),
        _item(
            "ramp",
            ("Monter en charge", "Double fonctionnement, puis bascule par paliers."),
            ("Ramp up", "Parallel run, then hand-over by steps."),
            "preparation-and-timeline#timeline",
            weeks=(8.7, 13),
        ),
    ),
    (
        _item(
            "q1",
            ("Encadrement", "Combien d'agents par superviseur, et quelle rotation ces douze derniers mois ?"),
            ("Supervision", "How many agents per supervisor, and what turnover over the last twelve months?"),
            "mitigating-risks#choose-partner",
        ),
        _item(
            "q2",
            ("Pics", "Comment triplez-vous l'équipe en trois semaines, et à quel prix ?"),
            ("Peaks", "How do you triple the team in three weeks, and at what price?"),
            "outsourcing-benefits#flexibility",
            assumed=True,
        ),
    ),
)

FULL_DECISION = Decision(
    Verdict.FULL, Verdict.FULL, Location.OFFSHORE, 0.86, Readiness(90, GATES), FINDINGS, (), {"reasons": ()}
)
PARTIAL_DECISION = replace(
    FULL_DECISION,
    verdict=Verdict.PARTIAL,
    target=Verdict.PARTIAL,
    location=Location.NEARSHORE,
    confidence=0.68,
    open_fields=("brand_criticality",),
)
NOT_READY_DECISION = replace(
    PARTIAL_DECISION, verdict=Verdict.NOT_READY, confidence=0.55, readiness=Readiness(48, _closed(GATES))
)
IN_HOUSE_DECISION = replace(
    FULL_DECISION,
    verdict=Verdict.IN_HOUSE,
    target=Verdict.IN_HOUSE,
    location=Location.NONE,
    confidence=0.8,
    findings=(
        replace(FINDINGS[0], truth=Truth.YES, decisive=True),
        *(replace(f, truth=Truth.NO) if f.direction is not Direction.CAUTION else f for f in FINDINGS[1:]),
    ),
)
UNKNOWN_DECISION = replace(
    NOT_READY_DECISION,
    confidence=0.12,
    target=Verdict.PARTIAL,
    location=Location.NONE,
    readiness=Readiness(
        0, tuple(replace(g, truth=Truth.UNKNOWN, partly=False, decided_by=(), points=0) for g in GATES)
    ),
    findings=tuple(replace(f, truth=Truth.UNKNOWN, missing=f.decided_by or f.missing, decided_by=()) for f in FINDINGS),
    open_fields=("unique_knowhow", "monthly_volume", "complexity", "process_documented"),
)

GOES_OUT = (
    _item(
        "level1",
        ("Niveau 1 et pics", "Suivi de commande, retours simples, débordement en saison."),
        ("Level 1 and peaks", "Order tracking, simple returns, seasonal overflow."),
        "company-scenarios#hybrid-model",
    ),
)
STAYS = (
    _item(
        "complex",
        ("Litiges et cas complexes", "Ils demandent vos experts."),
        ("Disputes and complex cases", "They need your experts."),
        "company-scenarios#hybrid-model",
    ),
)
AGAINST = (
    _item(
        "dependence",
        ("Vous dépendrez d'un tiers", "Reprendre le flux demandera du temps et de l'argent."),
        ("You will depend on a third party", "Taking the flow back will take time and money."),
        "outsourcing-drawbacks#dependency",
    ),
)
FLIPS = (
    Change({"complexity": 1}, Verdict.FULL, Verdict.FULL, Location.NEARSHORE),
    Change({"unique_knowhow": True}, Verdict.IN_HOUSE, Verdict.IN_HOUSE, Location.NONE),
    Change({"brand_criticality": "high"}, Verdict.PARTIAL, Verdict.PARTIAL, Location.ONSHORE),
)
WARNINGS = (
    Alert(
        "agents",
        both(
            "Le volume demande environ 12 agents : vous en indiquez moins.",
            "The volume needs about 12 agents: you give fewer.",
        ),
        ("monthly_volume",),
        ("sharing-flows#mapping",),
    ),
)


PARTIAL = Recommendation(
    "SAV téléphone et e-mail",
    FACTS,
    PARTIAL_DECISION,
    COSTS,
    PLAN,
    GOES_OUT,
    STAYS,
    AGAINST,
    FLIPS,
    ("brand_criticality", "agents_fte"),
    WARNINGS,
    (
        Assumption(
            "loading",
            both("Charges patronales appliquées", "Employer charges applied"),
            Range.exactly(42),
            both("%", "%"),
        ),
    ),
)
FULL = replace(
    PARTIAL,
    flow_name="Suivi de commande",
    facts={**FACTS, "complexity": 1, "peak_factor": 4, "monthly_volume": 40000},
    decision=FULL_DECISION,
    costs=replace(COSTS, gain3=Range(300000, 700000, 1100000), gain3_pct=38.2, share_out=None, quote_based=True),
    goes_out=(),
    stays=(),
    missing=(),
    warnings=(),
)
NOT_READY = replace(
    PARTIAL,
    flow_name="Support technique",
    decision=NOT_READY_DECISION,
    facts={**FACTS, "process_documented": "no", "monthly_volume": 6000},
)
IN_HOUSE = replace(
    PARTIAL,
    flow_name="Grands comptes",
    facts={k: v for k, v in FACTS.items() if k not in ("monthly_volume", "aht_minutes")} | {"unique_knowhow": True},
    decision=IN_HOUSE_DECISION,
    costs=NO_COSTS,
    goes_out=(),
    stays=(),
    flips=(Change({"unique_knowhow": False}, Verdict.PARTIAL, Verdict.PARTIAL, Location.NEARSHORE),),
    missing=("monthly_volume", "aht_minutes"),
)
UNKNOWN = replace(
    PARTIAL,
    flow_name="",
    facts={},
    decision=UNKNOWN_DECISION,
    costs=NO_COSTS,
    plan=Plan((), (), (), (), (), (), (), (), ()),
    goes_out=(),
    stays=(),
    against=(),
    flips=(),
    warnings=(),
    notes=(),
    missing=tuple(q.id for q in INTERVIEW.questions if q.id != "flow_name"),
)
NAMED_HOSTILE = replace(
    PARTIAL,
    flow_name=HOSTILE,
    facts={**FACTS, "flow_name": HOSTILE, "sector": HOSTILE},
    warnings=(Alert("echo", both(HOSTILE, HOSTILE)),),
)
NAMED_LONG = replace(NOT_READY, flow_name=VERY_LONG, facts={**FACTS, "flow_name": VERY_LONG})

EVERY = {
    "full": FULL,
    "partial": PARTIAL,
    "not_ready": NOT_READY,
    "in_house": IN_HOUSE,
    "unknown": UNKNOWN,
    "hostile": NAMED_HOSTILE,
    "long": NAMED_LONG,
}


def titles(passage: str) -> str:
    """As the corpus would: « article › section »."""
    article, _, heading = passage.partition("#")
    return f"{article.replace('-', ' ').capitalize()} › {heading.replace('-', ' ').capitalize()}"
