"""What stands in deploy/, as far as it can be held against the programs that read it."""
import json
import os
import pathlib
import re
import shutil
import subprocess

from deployed import image
from harness.process import Skip
from harness.python import python_with
from harness.registry import test
from harness.world import check

ROOT = pathlib.Path(__file__).resolve().parents[3]
READ = """
import json, sys, yaml
print(json.dumps([list(yaml.safe_load_all(open(path))) for path in sys.argv[1:]]))
"""


def documents(*paths):
    """What YAML files hold, each a list of documents."""
    python = python_with("PyYAML")
    result = subprocess.run([python, "-c", READ, *paths], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(result.stdout)


CHECK = """
import json, sys, jsonschema, yaml
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for path in sys.argv[2:]:
    for error in validator.iter_errors(yaml.safe_load(open(path))):
        print(f"{path}: {error.json_path}: {error.message[:200]}")
"""


def unfit(world, *paths):
    """What does not fit the schema of the configuration, a line each."""
    schema = world.folder / "schema.json"
    schema.write_text(subprocess.run(
        [world.binary, "config", "schema"], capture_output=True, text=True, check=True, timeout=30).stdout)
    python = python_with("PyYAML", "jsonschema")
    return subprocess.run(
        [python, "-c", CHECK, schema, *paths], capture_output=True, text=True, check=True, timeout=60).stdout


@test(every_hook=False)
def everyExampleFitsTheSchemaAndUnknownKeysDoNot(world):
    examples = sorted((ROOT / "config").glob("*.yaml")) + [ROOT / "deploy/compose/tempo/interspan.yaml"]
    check(len(examples) > 8, f"{examples}")
    wrong = unfit(world, *examples)
    check(not wrong, wrong)
    file = world.folder / "wrong.yaml"
    for text, place in (
            ("exporters: {file: {pth: x}}", "file"), ("receivers: {ebpf: {hook: [1]}}", "hook"),
            ("processors: {sample: {ratio: 2}}", "ratio"), ("service: {pipeline: {}}", "service")):
        file.write_text(text)
        check(place in unfit(world, file), f"{text} fits")


def validate(world, text, name):
    """Holds a configuration against the program."""
    file = world.folder / name
    file.write_text(text)
    result = subprocess.run(
        [world.binary, "config", "validate", "--config", file], capture_output=True, text=True, timeout=30)
    check(result.returncode == 0, f"{name}: {result.stderr}")


@test(every_hook=False)
def manifestsGiveFourCapabilitiesAndConfigurationsThatAreValid(world):
    daemonset, sidecar = documents(
        *[ROOT / "deploy/kubernetes" / name for name in ("daemonset.yaml", "sidecar.yaml")])
    maps = [document for document in daemonset if document["kind"] == "ConfigMap"]
    validate(world, maps[0]["data"]["interspan.yaml"], "daemonset.yaml")
    for document in daemonset[-1], sidecar[-1]:
        pod = document["spec"]["template"]["spec"]
        containers = [container for container in pod["containers"] if container["name"] == "interspan"]
        context = containers[0]["securityContext"]
        check(context["privileged"] is False and context["readOnlyRootFilesystem"], f"{context}")
        check(context["capabilities"]["drop"] == ["ALL"], f"{context}")
        check(sorted(context["capabilities"]["add"]) == sorted(image.CAPABILITIES), f"{context}")
        check("readinessProbe" not in containers[0], "its readiness would be its pod's")
        environment = {entry["name"]: entry["value"] for entry in containers[0].get("env", []) if "value" in entry}
        result = subprocess.run(
            [world.binary, "config", "validate"], env={**os.environ, **environment}, capture_output=True, text=True,
            timeout=30)
        check(result.returncode == 0, result.stderr)


def manifest(documents, kind):
    """The only document of a kind."""
    found = [document for document in documents if document["kind"] == kind]
    check(len(found) == 1, f"{len(found)} of kind {kind}")
    return found[0]


@test(every_hook=False)
def theDaemonSetSeesAllPodsAndMayListThemAndNothingElse(world):
    daemonset = documents(ROOT / "deploy/kubernetes/daemonset.yaml")[0]
    file = world.folder / "daemonset.yaml"
    file.write_text(manifest(daemonset, "ConfigMap")["data"]["interspan.yaml"])
    shown = subprocess.run(
        [world.binary, "config", "print", "--config", file], capture_output=True, text=True, check=True, timeout=30)
    file.write_text(shown.stdout)
    select = documents(file)[0][0]["receivers"]["ebpf"]["select"]
    check(select in ([{"all": True}], [{"all": "true"}]), f"it selects {select}")
    pod = manifest(daemonset, "DaemonSet")["spec"]["template"]["spec"]
    account = manifest(daemonset, "ServiceAccount")["metadata"]
    check(pod["serviceAccountName"] == account["name"] and pod.get("automountServiceAccountToken", True), f"{pod}")
    variables = {entry["name"]: entry for entry in pod["containers"][0]["env"]}
    field = variables["NODE_NAME"]["valueFrom"]["fieldRef"]["fieldPath"]
    check(field == "spec.nodeName" and pod["hostPID"], f"{variables}")
    role, binding = manifest(daemonset, "ClusterRole"), manifest(daemonset, "ClusterRoleBinding")
    # With the node's name it asks for one list: KubernetesSource.
    check(role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}], f"{role['rules']}")
    check(binding["roleRef"]["kind"] == "ClusterRole" and binding["roleRef"]["name"] == role["metadata"]["name"],
          f"{binding}")
    check(binding["subjects"] == [{"kind": "ServiceAccount", **account}], f"{binding['subjects']}")


@test(every_hook=False)
def composeFilesGiveFourCapabilitiesAndConfigurationsThatAreValid(world):
    folders = sorted((ROOT / "deploy/compose").iterdir())
    check(len(folders) >= 2, f"{folders}")
    for folder in folders:
        service = documents(folder / "compose.yaml")[0][0]["services"]["interspan"]
        check(service["cap_drop"] == ["ALL"], f"{service}")
        check(sorted(service["cap_add"]) == sorted(image.CAPABILITIES), f"{service}")
        if (folder / "interspan.yaml").exists():
            validate(world, (folder / "interspan.yaml").read_text(), f"{folder.name}.yaml")


@test(every_hook=False)
def theUnitIsOneThatSystemdTakes(world):
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is missing")
    unit = world.folder / "interspan.service"
    text = (ROOT / "deploy/interspan.service").read_text()
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={world.binary.resolve()}", text))
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60)
    about = [line for line in (result.stdout + result.stderr).splitlines() if "interspan.service" in line]
    check(not about, "\n".join(about))


@test(every_hook=False)
def thePackageComesAndGoes(world):
    made = subprocess.run(
        [ROOT / "scripts/build-deb", world.binary, world.folder], capture_output=True, text=True, timeout=300)
    check(made.returncode == 0, made.stderr)
    package = pathlib.Path(made.stdout.strip())
    tree = image.root(world.binary)
    shutil.copy(package, tree / "tmp/interspan.deb")

    def inside(*command):
        return subprocess.run(["chroot", tree, *command], capture_output=True, text=True, timeout=120)

    installed = inside("dpkg", "--install", "/tmp/interspan.deb")
    check(installed.returncode == 0, installed.stderr)
    check(inside("dpkg", "--verify", "interspan").stdout == "", "files are not as the package has them")
    for path in ("/usr/bin/interspan", "/lib/systemd/system/interspan.service", "/etc/default/interspan"):
        check((tree / path.lstrip("/")).exists(), f"{path} is missing")
    linked = inside("ldd", "/usr/bin/interspan")
    check("not found" not in linked.stdout, linked.stdout)
    removed = inside("dpkg", "--purge", "interspan")
    check(removed.returncode == 0, removed.stderr)
    check(not (tree / "usr/bin/interspan").exists() and not (tree / "etc/interspan").exists(), "something is left")
