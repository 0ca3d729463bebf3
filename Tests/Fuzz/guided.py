"""Coverage-guided fuzzing of the parsers by libFuzzer and the address sanitizer.

Each target is a driver in Drivers/ and the sources it tests, compiled apart from the package; one driver, `stream`,
serves every protocol that there is a parser for. A target's corpus in corpus/ is replayed first, every time; what a
long run finds beside it stays in .scratch/fuzz. As many at once are compiled and fuzzed as there are processors.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRATCH = ROOT / ".scratch/fuzz"
DRIVERS = HERE / "Drivers"

# Of modules that need more than pure parsers do, only some folders. Live needs the kernel's library.
MODULES = {
    "Capture": lambda path: "Live" not in path.parts,
    "Propagation": lambda path: True,
    # The model, and what is received of it; not what needs protobuf-c, libcurl or SwiftNIO.
    "OTLP": lambda path: {"Model", "Wire", "Received", "Lines"} & set(path.parts) or path.stem in RECEIVED,
}
RECEIVED = {"ByteBuffer", "Conventions", "Gunzip", "HexadecimalDigits", "JSONWriter", "Ranges", "Text"}
QUERIES = ["Redaction/QueryMask", "Redaction/SecretNames", "Redaction/TextRule"]
MAPPING = [
    "Mapping/FailureAttributes", "Mapping/FieldBuffer+Values", "Mapping/HTTPAttributes", "Mapping/NetworkAttributes",
    "Mapping/RequestTarget", "Mapping/ServerAttributes", "Mapping/SpanBatch+Attributes", "Mapping/SpanRole",
    "Mapping/URLText", *QUERIES]
TEXTS = [
    "Routes/ByteCensus", "Routes/FileExtension", "Routes/PathSegment", "Routes/PathSegments", "Routes/RouteTemplate",
    "Routes/RouteTrie", "Routes/SegmentNames", "Redaction/CredentialMark", "Redaction/CredentialScanner", *QUERIES]
# Modules, sources besides the driver of that name, and the longest input.
TARGETS = {
    "http1": (["Capture"], [DRIVERS / "Ledger.swift", DRIVERS / "Script.swift"], 4096),
    "pcap": (["Capture"], [DRIVERS / "Ledger.swift"], 8192),
    "values": (["Capture"], [], 1024),
    "context": (["Propagation"], [], 1024),
    "contexts": (["Propagation"], [DRIVERS / "ContextOracle.swift"], 1024),
    "sqlcomments": (["Propagation"], [], 512),
    "otlp": (["OTLP"], [DRIVERS / "RoundTrip.swift"], 4096),
    "otlpjson": (["OTLP"], [DRIVERS / "RoundTrip.swift"], 4096),
    "received": (["OTLP"], [], 4096),
    "traceline": (["OTLP"], [], 4096),
    "gunzip": (["OTLP"], [], 4096),
    "stream": (["Capture"], [DRIVERS / "Ledger.swift", DRIVERS / "Script.swift"], 2048),
    "attributes": (["Capture", "OTLP"], [ROOT / f"Sources/Bridge/{name}.swift" for name in MAPPING], 1024),
    "texts": (["OTLP"], [ROOT / f"Sources/Bridge/{name}.swift" for name in TEXTS], 1024),
}
# The driver of every protocol: a target of its own for each, of one program that is told which.
STREAM, PREFIX, PROTOCOL = "stream", "stream-", "INTERSPAN_FUZZ_PROTOCOL"
PROTOCOL_SECONDS = 4
FLAGS = [
    "-O", "-wmo", "-g", "-swift-version", "6", "-parse-as-library", "-package-name", "interspan", "-enable-testing",
    "-enable-upcoming-feature", "ExistentialAny", "-enable-upcoming-feature", "InternalImportsByDefault",
    "-enable-upcoming-feature", "MemberImportVisibility", "-warnings-as-errors", "-sanitize=fuzzer,address",
    "-I", str(ROOT / "bpf/include"), "-I", str(SCRATCH),
    # Libraries of the system that parsers call.
    *(word for file in sorted(ROOT.glob("Sources/C*/module.modulemap")) for word in ("-I", str(file.parent)))]
# A leak is a failure, an input without an end is too (by wall time, of which a hypervisor may take much away), and
# memory that only counts up ends in rss_limit_mb. Swift's own backtraces would hold up each failure and are no help
# beside the sanitizer's.
LIMITS = ["-timeout=120", "-rss_limit_mb=2048", "-print_final_stats=1"]
ENVIRONMENT = dict(os.environ, SWIFT_BACKTRACE="enable=no")


def compile_swift(product, sources, command):
    """Runs a compiler's command unless its product is newer than all of its sources."""
    newest = max(path.stat().st_mtime for path in [*sources, pathlib.Path(__file__), ROOT / "bpf/include/interspan.h"])
    if product.is_file() and product.stat().st_mtime > newest:
        return
    result = subprocess.run(
        ["swiftc", *FLAGS, *command, *map(str, sources)], cwd=SCRATCH, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{product.name} does not compile:\n{result.stderr[-4000:]}")


def build_module(module):
    """The object file of a module's parsers."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    folder, product = ROOT / "Sources" / module, SCRATCH / f"{module}.o"
    files = sorted(path for path in folder.rglob("*.swift") if MODULES[module](path.relative_to(folder)))
    compile_swift(product, files, ["-module-name", module, "-emit-module", "-c", "-o", product.name])
    return product


def build(name):
    """The program of a target."""
    modules, sources, _ = TARGETS[name]
    objects = [build_module(module) for module in modules]
    program = SCRATCH / name
    files = [DRIVERS / f"{name}.swift", DRIVERS / "Support.swift", *sources, *objects]
    compile_swift(program, files, ["-module-name", f"Fuzz_{name}", "-o", str(program)])
    return program


def workers():
    """As many programs at once as there are processors to run them."""
    return concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)))


def build_all(names):
    """Compiles what these targets need, the modules and then the programs, each once. What does not compile says so
    when its turn comes."""
    drivers = dict.fromkeys(driver_of(name) for name in names)
    modules = dict.fromkeys(module for driver in drivers for module in TARGETS[driver][0])
    with workers() as pool:
        for function, parts in ((build_module, modules), (build, drivers)):
            concurrent.futures.wait([pool.submit(function, part) for part in parts])


def driver_of(name):
    """The driver of a target."""
    return STREAM if name.startswith(PREFIX) else name


def seconds_of(name):
    """How long a target is fuzzed by default."""
    return PROTOCOL_SECONDS if name.startswith(PREFIX) else 6


def environment_of(name):
    """What a target's program is run with."""
    return dict(ENVIRONMENT, **{PROTOCOL: name.removeprefix(PREFIX)}) if name.startswith(PREFIX) else ENVIRONMENT


def targets():
    """Every target: the program itself says which protocols it has parsers for, so that a new one is fuzzed as well."""
    result = subprocess.run(
        [build(STREAM)], env=environment_of(f"{PREFIX}list"), capture_output=True, text=True, check=True)
    return [*(name for name in TARGETS if name != STREAM), *(PREFIX + name for name in result.stdout.split())]


def fuzz(name, seconds, seed, keep):
    """Fuzzes a target for so long; whether nothing was wrong. `keep` keeps what was found for the next time."""
    program = build(driver_of(name))
    corpus = HERE / "corpus" / name
    found = SCRATCH / "found" / name if keep else pathlib.Path(tempfile.mkdtemp(prefix="interspan-fuzz-"))
    found.mkdir(parents=True, exist_ok=True)
    faults = SCRATCH / "faults"
    faults.mkdir(exist_ok=True)
    dictionary = SCRATCH / f"{name}.dictionary"
    dictionary.write_text("".join(
        path.read_text() for path in (HERE / "dictionaries" / part for part in {driver_of(name), name})
        if path.is_file()))
    command = [
        str(program), *LIMITS, f"-max_total_time={seconds}", f"-max_len={TARGETS[driver_of(name)][2]}", f"-seed={seed}",
        f"-artifact_prefix={faults}/{name}-", f"-dict={dictionary}", str(found),
        *([str(corpus)] if corpus.is_dir() else [])]
    result = subprocess.run(command, env=environment_of(name), stdin=subprocess.DEVNULL, capture_output=True)
    log = result.stderr.decode(errors="replace")
    (SCRATCH / f"{name}.log").write_text(log)
    runs = re.search(r"stat::number_of_executed_units: (\d+)", log)
    begin = re.search(r"INITED cov: (\d+) ft: (\d+)", log)
    reached = re.findall(r" cov: (\d+) ft: (\d+) corp: (\d+)", log)
    detail = ""
    if runs and begin and reached:
        per_second = int(runs[1]) // max(seconds, 1)
        detail = (
            f"{runs[1]} runs, {per_second} a second; edges {begin[1]} -> {reached[-1][0]}, features {begin[2]} -> "
            f"{reached[-1][1]}, corpus {reached[-1][2]}")
    if result.returncode:
        said = [line for line in log.splitlines() if re.search(
            r"Fatal error|ERROR: |SUMMARY|Test unit written|^    #\d+ .* in \$s", line)]
        print(f"FAILED  {name} -seed={seed}: ended with {result.returncode}\n    " + "\n    ".join(said[:16]),
              flush=True)
    else:
        print(f"ok      {name}: {detail}", flush=True)
    if not keep:
        shutil.rmtree(found)
    return result.returncode == 0


def minimise(name):
    """Makes the committed corpus anew: few of all known inputs, that reach every edge that all of them do. How often
    each reaches it does not count, or there were thousands. Those with a name of their own, and not a hash's, stay."""
    program = build(driver_of(name))
    corpus = HERE / "corpus" / name
    for folder in (corpus, SCRATCH / "found" / name):
        folder.mkdir(parents=True, exist_ok=True)
    new = pathlib.Path(tempfile.mkdtemp(prefix="interspan-fuzz-"))
    for path in corpus.iterdir():
        if not re.fullmatch("[0-9a-f]{40}", path.name):
            shutil.copy(path, new)
    subprocess.run(
        [str(program), "-merge=1", "-use_counters=0", "-use_cmp=0", f"-max_len={TARGETS[driver_of(name)][2]}", str(new),
         str(corpus), str(SCRATCH / "found" / name)], env=environment_of(name), check=True, capture_output=True)
    shutil.rmtree(corpus)
    shutil.copytree(new, corpus)
    shutil.rmtree(new)
    sizes = [path.stat().st_size for path in corpus.iterdir()]
    print(f"{name}: {len(sizes)} inputs, {sum(sizes)} bytes")


def seeds():
    """Adds the sample conversations of the conformance tests to what was found for their protocols."""
    subprocess.run(
        ["swift", "test", "--filter", "ConversationSeeds"], cwd=ROOT, check=True, stdin=subprocess.DEVNULL,
        env=dict(os.environ, INTERSPAN_FUZZ_SEEDS=str(SCRATCH / "found" / PREFIX)))
