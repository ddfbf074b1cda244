/** Decides which suites of integration tests `test --integration` runs, and refuses what cannot run, before anything starts. */
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { MODULE_PROXY, PROXY_MS, proxyAnswers } from '../chaincode/module-vendor.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { sharesHost } from '../core/engine-origin.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { FabricSource } from '../fabric/source.ts';
import { chaincodeImage } from '../images/image-recipe.ts';
import { keepingName, namesToLend } from '../images/lent-names.ts';
import { namedSuites, SUITES, suitesIn } from '../tests/suite-choice.ts';
import { programImages, type SuiteNeed, suiteNeeds } from '../tests/suite-needs.ts';
import type { ChosenSuites, TestRequest } from '../tests/test-request.ts';
import {
  insteadOf,
  requireReportFile,
  type TestedRun,
  testing,
  testsOf,
  testUsage,
  withFlags,
} from './chosen-tests.ts';

/** The namespace that is compiled into programs which no Makefile has given another one. */
const NAMESPACE = 'hyperledger';

type Engine = Pick<DockerPort, 'address' | 'inspectImage' | 'listContainers' | 'inspectContainer'>;
type Settings = Pick<BuildSettings, 'goArch' | 'baseVersion' | 'release'> &
  Parameters<typeof chaincodeImage>[0];

/** Names that the peers of the suites ask for, and the images that they are to have. */
function namesOf(settings: Settings): ChosenSuites['names'] {
  const { goArch, baseVersion, release } = settings;
  const [builder, runtime] = [chaincodeImage(settings, 'builder'), chaincodeImage(settings, 'runtime')];
  const named = (name: string, tag: string, image: string) => ({
    ref: `${NAMESPACE}/fabric-${name}:${tag}`,
    image,
  });
  if (release.imagesBuilt.includes('baseos'))
    return [named('ccenv', 'latest', builder), named('baseos', 'latest', runtime)];
  return [
    named('ccenv', 'latest', builder),
    named('ccenv', `${goArch}-latest`, builder),
    named('baseos', `${goArch}-${baseVersion}`, runtime),
  ];
}

/** @throws WizardFailure `usage` if no folder has the name */
function requireSuites(request: TestRequest, { tree, dir }: FabricSource): readonly string[] {
  const all = suitesIn(tree.files.keys());
  const suites = all.join(', ');
  if (all.length === 0) throw testUsage({ key: 'usage.no-suites', dir }, 'fabric-wizard test');
  const example = testing(request, all.includes('sbe') ? 'sbe' : (all[0] ?? ''));
  if (request.packages.length === 0) throw testUsage({ key: 'usage.suite-needed', suites }, example);
  const named = namedSuites(request.packages, all);
  if ('suites' in named) return named.suites;
  const { unknown, meant } = named;
  const message = { key: 'usage.unknown-suite', name: unknown, suites } as const;
  if (meant === undefined) throw testUsage(message, example);
  throw testUsage({ key: 'usage.with-suggestion', message, name: meant }, insteadOf(request, unknown, meant));
}

/** The suites need the ports and the engine of one host. @throws WizardFailure `usage` */
function requireOneHost({ address }: Engine, { config }: Pick<TestedRun, 'config'>): void {
  const elsewhere = !sharesHost(address);
  if (!elsewhere && !config.values.swarm) return;
  throw testUsage(
    elsewhere
      ? { key: 'usage.suites-elsewhere', endpoint: address.endpoint }
      : { key: 'usage.suites-in-swarm' },
    'fabric-wizard test',
  );
}

/** @throws WizardFailure `usage` if an image was not built */
async function requireBuilt(docker: Engine, names: ChosenSuites['names']): Promise<void> {
  const refs = [...new Set(names.map(({ image }) => image))];
  const images = await Promise.all(refs.map((ref) => docker.inspectImage(ref)));
  const absent = refs.filter((_, index) => !images[index]);
  if (absent.length === 0) return;
  throw testUsage(
    { key: 'usage.suites-unbuilt', images: absent, count: absent.length },
    'fabric-wizard build',
  );
}

/**
 * Other suites would use the same ports and names. A peer of somebody else that builds chaincode meanwhile would get the image of
 * this project, if its configuration has a name that the suites ask for.
 * @throws WizardFailure `usage`
 */
async function requireFreeNames(docker: Engine, names: ChosenSuites['names']): Promise<void> {
  const containers = (await docker.listContainers()).filter(({ state }) => state === 'running');
  const suites = containers.find(({ labels }) => labels[LABEL.suites] !== undefined);
  if (suites) {
    const project = suites.labels[LABEL.project] ?? '';
    throw testUsage(
      { key: 'usage.suites-running', project, container: suites.name },
      `docker logs ${suites.name}`,
    );
  }
  const images = await Promise.all(names.map(({ image }) => docker.inspectImage(image)));
  const wanted = names.map(({ ref }, index) => ({ ref, id: images[index]?.id ?? '' }));
  const changed = new Set(
    (await namesToLend(docker, wanted)).flatMap(({ ref, before }) => (before === undefined ? [] : [ref])),
  );
  if (changed.size === 0) return;
  for (const ref of changed) {
    const kept = keepingName(ref);
    if (await docker.inspectImage(kept))
      throw testUsage(
        { key: 'usage.name-lent', ref, kept },
        `docker tag ${kept} ${ref}`,
        `docker rmi ${kept}`,
      );
  }
  const details = await Promise.all(containers.map(({ id }) => docker.inspectContainer(id)));
  for (const detail of details) {
    const ref = Object.values(detail?.env ?? {}).find((value) => changed.has(value));
    if (detail && ref !== undefined)
      throw testUsage(
        { key: 'usage.name-in-use', ref, container: detail.name },
        `docker stop ${detail.name}`,
      );
  }
}

async function readAll(dir: string, paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map((path) => readFile(join(dir, path), 'utf8')));
}

interface Read {
  readonly needs: readonly SuiteNeed[];
  /** Images that the test library can start. */
  readonly programs: readonly string[];
  readonly ginkgo: 1 | 2;
}

async function readSuites(suites: readonly string[], { tree, dir }: FabricSource): Promise<Read> {
  const paths = [...tree.files.keys()].filter(
    (path) => path.startsWith(`${SUITES}/`) && path.endsWith('.go'),
  );
  const [components = ''] = await readAll(
    dir,
    paths.filter((path) => path === `${SUITES}/nwo/components.go`),
  );
  const inFolder = (path: string, folder: string) => posix.dirname(path) === folder;
  const runners = await readAll(
    dir,
    paths.filter((path) => posix.basename(posix.dirname(path)) === 'runner' && !path.endsWith('_test.go')),
  );
  const read = await Promise.all(
    suites.map(async (suite) => {
      const tests = paths.filter((path) => inFolder(path, `${SUITES}/${suite}`) && path.endsWith('_test.go'));
      return { suite, files: await readAll(dir, tests), runners, components };
    }),
  );
  const isSecond = read.some(({ files }) =>
    files.some((text) => text.includes('"github.com/onsi/ginkgo/v2"')),
  );
  return {
    needs: read.flatMap(suiteNeeds),
    programs: programImages(runners).map(({ image }) => image),
    ginkgo: isSecond ? 2 : 1,
  };
}

/**
 * @param others commands that run other suites
 * @throws WizardFailure `usage` if no spec of a suite can run
 */
function requireSpecs(missing: readonly SuiteNeed[], others: readonly string[]): void {
  for (const { suite, total } of missing) {
    const ofSuite = missing.filter((need) => need.suite === suite);
    if (new Set(ofSuite.flatMap(({ specs }) => specs)).size < total) continue;
    const images = ofSuite.flatMap(({ image }) => image ?? []);
    if (images.length === 0)
      throw testUsage(
        { key: 'usage.suite-needs-modules', suite, proxy: MODULE_PROXY },
        `curl -I ${MODULE_PROXY}`,
        ...others,
      );
    throw testUsage(
      { key: 'usage.suite-needs', suite, images, count: images.length },
      ...images.map((image) => `docker pull ${image}`),
    );
  }
}

async function chosenSuites(
  request: TestRequest,
  run: TestedRun,
  source: FabricSource,
  settings: Settings,
  docker: Engine,
): Promise<ChosenSuites> {
  const suites = requireSuites(request, source);
  requireOneHost(docker, run);
  await requireReportFile(request);
  const names = namesOf(settings);
  await requireBuilt(docker, names);
  await requireFreeNames(docker, names);
  const { needs, programs, ginkgo } = await readSuites(suites, source);
  const images = [...new Set([...programs, ...needs.flatMap(({ image }) => image ?? [])])];
  const downloads = needs.some(({ image }) => image === undefined);
  const [hasModules, ...found] = await Promise.all([
    downloads && proxyAnswers(AbortSignal.timeout(PROXY_MS)),
    ...images.map((image) => docker.inspectImage(image)),
  ]);
  const absent = images.filter((_, index) => !found[index]);
  const missing = needs.filter(({ image }) => (image === undefined ? !hasModules : absent.includes(image)));
  const possible = suites.filter((suite) => !missing.some((need) => need.suite === suite));
  requireSpecs(missing, possible.length > 0 ? [testing(request, ...possible)] : []);
  return {
    suites,
    ginkgo,
    run: request.run,
    timeout: request.timeout,
    junit: request.junit,
    leftOut: missing.map(({ image, suite, specs }) => ({ image, suite, specs })),
    skip: missing.flatMap(({ patterns }) => patterns).join('|'),
    absent,
    programs: programs.filter((image) => !absent.includes(image)),
    names,
  };
}

/**
 * Returns what a run tests, or which suites it runs; neither for other commands.
 * @throws WizardFailure `usage`
 */
export async function testedBy(
  run: TestedRun,
  source: FabricSource,
  settings: Settings & Parameters<typeof testsOf>[2],
  docker: Engine,
): Promise<Pick<PlanGoal, 'tests' | 'suites'>> {
  if (!run.tests?.integration) return { tests: await testsOf(run, source, settings) };
  return { suites: await withFlags(run, chosenSuites(run.tests, run, source, settings, docker)) };
}
