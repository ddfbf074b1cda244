/**
 * Runs suites of Fabric's integration tests in the builder image, on a copy of the checkout. They compile peers and orderers
 * themselves, start them on the network of the engine's host, and use the engine for chaincode.
 */
import { MODULE_PROXY } from '../chaincode/module-vendor.ts';
import type { StageContext } from '../context/run-context.ts';
import { defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { namesToLend, whileLent } from '../images/lent-names.ts';
import { requireImage } from '../images/require-image.ts';
import { builderPrograms } from '../network/external-builder.ts';
import { SpecOutput, suiteResult } from '../tests/spec-output.ts';
import { SUITES } from '../tests/suite-choice.ts';
import { NETWORKS, removeLeftOfSuites } from '../tests/suite-leftovers.ts';
import { unrequired } from '../tests/suite-needs.ts';
import { removeSuitesRecord, type SuitesRecord, writeSuitesRecord } from '../tests/suites-record.ts';
import type { FinishedPackage } from '../tests/test-output.ts';
import type { ChosenSuites } from '../tests/test-request.ts';
import { baseBuilderStage } from './base-images.ts';
import { goMode, runInBuilderAt, sourceTree } from './go-builder.ts';
import { COPY_SOURCE, compileFirst, endTests, fileList, MOUNTED, summed, TestResults } from './go-test.ts';
import { testsSuites } from './plan-scope.ts';
import { sourceStage } from './source.ts';
import { sourceMount } from './source-mount.ts';

const SOCKET = '/var/run/docker.sock';
/** Files that are added to the copy of the checkout. */
const ADDED = '/fw/added';
/** Begins a line with the name of a program that the suites need and the builder image lacks. */
const LACKING = '##lacks ';
/** POSIX shell, in the checkout: ends if a program is missing that suites look for, which they would say of each spec. */
export const REQUIRE_PROGRAMS = `
if grep -qs 'LookPath("jq")' ${SUITES}/nwo/*.go && ! command -v jq > /dev/null; then
  echo "${LACKING}jq"
  exit 1
fi
`;
/** Begins lines with the id of a network that a suite makes. */
const NETWORK = '##network ';
/** As Fabric's own script has none; a suite that hangs would never end. */
const TIMEOUT = '2h';

/**
 * Copies the checkout, compiles, and runs the suites one after another, as root: they use the engine. What they write is in
 * memory. The id of each network is said before the network exists: it is in the configuration of its peers.
 * $1 tags, $2 number of parallel compiles, $3 … flags of `go test`, `--`, packages, `--`, flags of Ginkgo
 */
const SCRIPT = `
set -eu
tree=$PWD tags=$1 jobs=$2
shift 2
export HOME=/fw/home TMPDIR=/tmp
mkdir -p "$HOME" "$GOCACHE"
${COPY_SOURCE}
if [ -d ${ADDED} ]; then cp -R ${ADDED}/. "$tree"; fi
${REQUIRE_PROGRAMS}
: > /fw/flags
while [ "$1" != -- ]; do printf '%s\\n' "$1" >> /fw/flags; shift; done
shift
: > /fw/packages
while [ "$1" != -- ]; do echo "$1" >> /fw/packages; shift; done
shift
${compileFirst('/fw/packages')}
: > ${NETWORKS}
watch_networks() {
  known=" "
  while :; do
    for file in "$TMPDIR"/*/peers/*/core.yaml; do
      case "$known" in *" $file "*) continue ;; esac
      if [ ! -s "$file" ]; then continue; fi
      while read -r key value; do
        if [ "$key" != networkId: ]; then continue; fi
        known="$known$file "
        case "$known" in *" $value "*) break ;; esac
        known="$known$value "
        echo "$value" >> ${NETWORKS}
        echo "${NETWORK}$value" >&2
        break
      done < "$file"
    done
    sleep 0.1
  done
}
watch_networks &
set -- -args "$@"
packages=$(cat /fw/packages)
for each in $packages; do set -- "$each" "$@"; done
while IFS= read -r flag; do set -- "$flag" "$@"; done < /fw/flags
exec go test -json -count=1 -vet=off -p 1 -tags "$tags" "$@"
`;

function ginkgoFlags({ ginkgo, run: pattern, skip, timeout = TIMEOUT }: ChosenSuites): readonly string[] {
  return [
    '-ginkgo.v',
    // Every spec that passes is then reported with its time.
    ...(ginkgo === 1 ? ['-ginkgo.noColor', '-ginkgo.slowSpecThreshold=0.000001'] : []),
    ...(ginkgo === 2 ? ['-ginkgo.no-color', `-ginkgo.timeout=${timeout}`] : []),
    ...(pattern === undefined ? [] : [`-ginkgo.focus=${pattern}`]),
    ...(skip === '' ? [] : [`-ginkgo.skip=${skip}`]),
  ];
}

/** Collects what the specs of the suites say, and reports it while they run. */
class SuiteResults {
  /** Ids of the networks that the suites have made. */
  readonly networks = new Set<string>();
  /** Writes them down; what it throws is ignored: without the record, a run that is not killed removes all of it too. */
  onNetwork: (() => Promise<void>) | undefined;
  /** Resolves when the last network is written down. */
  recorded: Promise<unknown> = Promise.resolve();
  readonly results: TestResults;
  /** Programs that the suites need and the builder image lacks. */
  readonly lacking: string[] = [];
  readonly #context: StageContext;
  readonly #specs = new Map<string, SpecOutput>();
  #done = 0;
  #total = 0;

  constructor(context: StageContext) {
    this.#context = context;
    this.results = new TestResults(context, {
      onTest: () => undefined,
      onOutput: (path, line) => this.#specsOf(path).onLine(line),
      completed: (finished) => suiteResult(finished, this.#specsOf(finished.result.package)),
      onReported: () => undefined,
    });
  }

  readonly onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (line.startsWith(LACKING)) {
      this.lacking.push(line.slice(LACKING.length));
      return;
    }
    if (!line.startsWith(NETWORK)) {
      this.results.onLine(line, stream);
      return;
    }
    this.networks.add(line.slice(NETWORK.length).trim());
    // A file that is being written must not be written a second time.
    this.recorded = this.recorded.then(() => this.onNetwork?.()).catch(() => undefined);
  };

  #specsOf(path: string): SpecOutput {
    const known = this.#specs.get(path);
    if (known) return known;
    const { report, settings } = this.#context;
    const show = (name: string) => report.progress(this.#done, this.#total, 'specs', name);
    const specs = new SpecOutput(
      { root: sourceTree(settings.release), package: path },
      {
        onTotal: (count) => {
          this.#total += count;
        },
        onSpec: show,
        onEnded: ({ name, outcome, seconds }) => {
          if (outcome !== 'skipped') this.#done += 1;
          report.log(`${outcome} ${name} (${seconds.toFixed(1)} s)`);
          show(name);
        },
      },
    );
    this.#specs.set(path, specs);
    return specs;
  }
}

/** Says which specs are left out, and why. */
function warnOf({ report }: StageContext, { leftOut }: ChosenSuites): void {
  for (const { image, suite, specs } of leftOut) {
    const what = { suite, specs, count: specs.length };
    report.warn(
      'suites-left-out',
      image === undefined
        ? { key: 'warning.specs-without-modules', proxy: MODULE_PROXY, ...what }
        : { key: 'warning.specs-left-out', image, ...what },
    );
  }
}

/** What the copy of the checkout gets: fewer required images, and the builder for chaincode as a service where `make` puts it. */
async function addedFiles(
  { settings: { release, goArch }, dataDir }: StageContext,
  { absent }: ChosenSuites,
): Promise<readonly TarEntry[]> {
  const builder = `release/linux-${goArch}/builders/ccaas`;
  const programs = release.externalBuilders ? await builderPrograms(dataDir) : [];
  const files: readonly TarEntry[] = [
    ...programs.map(({ path, ...file }) => ({ name: `${builder}/${path}`, ...file })),
    ...(absent.length === 0 ? [] : [{ name: `${SUITES}/nwo/fabric_wizard.go`, content: unrequired(absent) }]),
  ];
  return files.map((file) => ({ ...file, name: `${ADDED.slice(1)}/${file.name}` }));
}

async function runSuites(
  context: StageContext,
  chosen: ChosenSuites,
  results: SuiteResults,
): Promise<readonly FinishedPackage[]> {
  const { docker, settings, source, config } = context;
  const { release, goTags } = settings;
  const tree = sourceTree(release);
  const { suites, ginkgo, timeout = TIMEOUT } = chosen;
  // Ginkgo 2 has a limit of its own, and then says which spec ran.
  const flags = [`-timeout=${ginkgo === 2 ? '0' : timeout}`];
  const packages = suites.map((suite) => `${release.modulePath}/${SUITES}/${suite}`);
  const ofGinkgo = ginkgoFlags(chosen);
  const command = [
    'go',
    'test',
    '-tags',
    goTags,
    ...flags,
    ...suites.map((suite) => `./${SUITES}/${suite}`),
    '-args',
    ...ofGinkgo,
  ];
  const mounted = await sourceMount(context);
  const socket = `${await docker.socketOnHost()}:${SOCKET}`;
  const exitCode = await runInBuilderAt(
    context,
    {
      binds: [`${mounted}:${MOUNTED}:ro`, socket],
      shownBinds: [`${mounted}:${tree}:ro`, socket],
      inMemory: [tree, '/tmp'],
      workdir: tree,
      env: goMode(release),
      network: 'host',
      labels: { [LABEL.suites]: suites.join(' ') },
    },
    {
      script: SCRIPT,
      args: [goTags, String(config.jobs), ...flags, '--', ...packages, '--', ...ofGinkgo],
      command,
      inputs: [fileList(source), ...(await addedFiles(context, chosen))],
      onLine: results.onLine,
    },
    async (ended) => ended.exitCode,
  );
  if (results.lacking.length > 0)
    throw new WizardFailure({
      kind: 'base-image',
      ref: settings.builderImage,
      lacks: results.lacking,
      detail: { key: 'base.unfit-suites' },
    });
  return endTests(context, results.results, { exitCode, command, junit: chosen.junit });
}

/** Whether peers compile chaincode in the image of this name. */
function isBuilder(ref: string): boolean {
  return /\/fabric-ccenv:[^/]*$/.test(ref);
}

/** Calls `act` while the suites' names of images are those of the project, and removes what the suites left. */
async function withNames<T>(
  context: StageContext,
  chosen: ChosenSuites,
  results: SuiteResults,
  act: () => Promise<T>,
): Promise<T> {
  const { docker, stateDir, runId, project, signal } = context;
  const wanted = await Promise.all(
    chosen.names.map(async ({ ref, image }) => ({ ref, id: (await requireImage(docker, image)).id })),
  );
  const names = await namesToLend(docker, wanted);
  const containers = (await docker.listContainers()).map(({ id }) => id);
  const { id, rootDir } = await docker.info();
  const { endpoint, certificates } = docker.address;
  const recordNow = (): SuitesRecord => ({
    run: runId,
    project,
    engine: { id, rootDir, endpoint, certificates },
    names: [...names],
    networks: [...results.networks],
    containers,
    programs: [...chosen.programs],
    builders: wanted.filter(({ ref }) => isBuilder(ref)).map(({ id }) => id),
  });
  await writeSuitesRecord(stateDir, recordNow());
  // The container, which also has the ids, is gone after a cancellation.
  results.onNetwork = () => writeSuitesRecord(stateDir, recordNow());
  // Begins while the container of the suites is being removed, so that the run ends sooner.
  let early: Promise<unknown> | undefined;
  const onAbort = () => {
    early = removeLeftOfSuites(docker, recordNow(), 1).catch(() => undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const ended = async () => {
    signal.removeEventListener('abort', onAbort);
    results.onNetwork = undefined;
    await early;
    await results.recorded;
    await removeLeftOfSuites(docker, recordNow());
    await removeSuitesRecord(stateDir);
  };
  return whileLent(docker, names, { signal, act, ended });
}

export const suitesStage = defineStage({
  id: 'suites',
  topic: {
    group: 'build-stages',
    aliases: ['integration tests', 'ginkgo', 'make integration-test'],
    see: ['test', 'images', 'source'],
  },
  needs: [sourceStage, baseBuilderStage],
  isIncluded: testsSuites,
  decide: () => run({ key: 'cause.requested' }),
  // Measured with `sbe` of Fabric 2.5 on two cores. Peers, orderers and chaincode run at once.
  cost: () => ({ seconds: 400, cores: Number.POSITIVE_INFINITY, memoryMb: 4000, engineBytes: 1e9 }),
  checks: ['line-endings', 'engine', 'context', 'selinux', 'architecture', 'go', 'disk', 'memory'],
  execute: async (context) => {
    const { suites } = context.options;
    if (!suites) throw new Error('no suites were chosen');
    warnOf(context, suites);
    const results = new SuiteResults(context);
    const finished = await withNames(context, suites, results, () => runSuites(context, suites, results));
    const skipped = summed(finished, (each) => each.skipped.length);
    return {
      outcome: 'built',
      detail: {
        key: 'detail.specs',
        suites: finished.length,
        count: summed(finished, ({ passed }) => passed),
        skipped: skipped === 0 ? '' : { key: 'detail.tests-skipped', count: skipped },
      },
    };
  },
});
