/** What all rows need: a copy of the source, base images for benchmarks only, the built program, and a network. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ANY_OWNER, makeRepository } from '../git.mjs';
import { choicesText, runWizard } from '../wizard.mjs';
import { BASE_NAMESPACE, cacheOf, OWN, WORK } from './names.mjs';
import { networkOnFreePorts } from './network.mjs';

/** Clones `from` if it is a repository. Otherwise copies the folder and makes the copy a repository. */
async function copySource(run, from, to) {
  const git = (args, options) => run('git', args, { env: ANY_OWNER, ...options });
  const top = await git(['-C', from, 'rev-parse', '--show-toplevel'], { mayFail: true });
  if (top.exitCode === 0 && realpathSync(top.stdout.trim()) === realpathSync(from)) {
    await git(['clone', '--quiet', '--local', from, to]);
    return;
  }
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  await makeRepository(git, to, 'as it was');
}

/** Returns the ID of an image, or undefined. */
async function imageIdOf(run, ref) {
  const args = ['image', 'inspect', '--format', '{{.Id}}', ref];
  const { exitCode, stdout } = await run('docker', args, { mayFail: true });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/**
 * Runs the program with `--json` in a project folder.
 * @returns `{seconds, events}`, see `runWizard`
 * @throws Error if it fails
 */
async function runOk({ run, bin, folder }, args) {
  const { seconds, exitCode, events, stderr } = await runWizard({ run, bin, folder }, args);
  if (exitCode !== 0) {
    const reasons = events.map(
      ({ described }) => described && [described.title, ...described.detail].join('\n'),
    );
    throw new Error(
      `fabric-wizard ${args.join(' ')} ended with ${exitCode}\n${reasons.find(Boolean) ?? stderr}`,
    );
  }
  return { seconds, events };
}

/** Functions that make the base images of the benchmark. */
function baseImages({ run, log, original, wizard, folder, check }) {
  const imageId = (ref) => imageIdOf(run, ref);

  const bases = once(async () => {
    const ids = await Promise.all([original.builderImage, original.runtimeImage].map(imageId));
    if (ids.every((id) => id !== undefined)) return;
    log('building the missing base images, which stay on the engine');
    await wizard(await folder('bases', OWN), ['build', 'ccenv', '--yes']);
  });

  /**
   * Makes base images that differ from the original ones in a label only. Nothing that is built on them shares a
   * layer, a Go cache or a name with other images. A check takes the original ones, whose Go cache is filled.
   * @returns choices, `builder` and `runtime` image references, and `cache`: the volume of the Go build cache
   */
  const ownBases = async (namespace) => {
    await bases();
    if (check) {
      const { builderImage: builder, runtimeImage: runtime } = original;
      return { builder, runtime, cache: cacheOf(await imageId(builder)), choices: {} };
    }
    const mark = randomBytes(6).toString('hex');
    const make = async (kind, ref) => {
      const name = `${namespace}/${kind}:${mark}`;
      const label = `io.fabric-wizard.bench=${mark}`;
      const args = ['build', '--quiet', '--label', label, '--tag', name, '-'];
      await run('docker', args, { input: `FROM ${ref}\n` });
      return name;
    };
    const builder = await make('builder', original.builderImage);
    const runtime = await make('runtime', original.runtimeImage);
    return {
      builder,
      runtime,
      cache: cacheOf(await imageId(builder)),
      choices: { 'base-docker-ns': namespace, 'builder-image': builder, 'runtime-image': runtime },
    };
  };

  /**
   * Fills a Go build cache from that of the original builder image, if there is one. It saves minutes of a first
   * compile that is not measured.
   * @param cache a volume or a folder, which gets a folder `go-build`
   */
  const warm = async (cache, image) => {
    const known = cacheOf(await imageId(original.builderImage));
    if (cache === known) return;
    const { exitCode } = await run('docker', ['volume', 'inspect', known], { mayFail: true });
    if (exitCode !== 0) return;
    const mounts = ['--volume', `${known}:/from:ro`, '--volume', `${cache}:/to`];
    const owner = `${process.getuid()}:${process.getgid()}`;
    const copy = `cp -r /from/go-build /to && chown -R ${owner} /to`;
    await run('docker', ['run', '--rm', '--label', OWN, ...mounts, image, 'sh', '-c', copy], {
      mayFail: true,
    });
  };
  return { imageId, bases, ownBases, warm };
}

/** Functions that start and remove the network of the benchmark. There is one network at a time. */
function networks({ log, product, work, wizard, check }) {
  let current = { shape: '' };

  /** Removes the network with its ledgers and certificates. Images stay. `command` says what else goes. */
  const remove = async (...command) => {
    const { path } = await work();
    current = { shape: '' };
    await wizard(path, [...command, '--yes']);
    await rm(join(path, '.fabric-wizard', 'network'), { recursive: true, force: true });
  };

  const noNetwork = () => remove('clean');

  /**
   * Runs `up` for a new network. Its images exist already.
   * @param gateway whether peers use the engine through the gateway
   * @param earlier whether the gateway has the programs of chaincode that it compiled in earlier runs
   * @returns `result` of the run, `path` of the work folder, its `settings`, and `spec` of the network
   */
  const up = async (orgs, peers, { gateway = true, earlier = false } = {}) => {
    const { path, settings } = await work();
    await (earlier ? remove('down', '--volumes') : noNetwork());
    const { spec, args } = await networkOnFreePorts(product, {
      folder: path,
      flags: { orgs: String(orgs), peers: String(peers) },
      release: settings.release,
      project: WORK,
    });
    const access = gateway ? '--gateway' : '--no-gateway';
    return { result: await wizard(path, ['up', '--yes', access, ...args]), path, settings, spec };
  };

  /** Returns the running network if it has this shape; otherwise starts one. */
  const network = async (orgs, peers, gateway = true) => {
    const shape = `${orgs} x ${peers} peers${gateway ? '' : ' without gateway'}`;
    if (current.shape !== shape) {
      log(`starting a network of ${shape}`);
      current = { ...(await up(orgs, peers, { gateway })), shape };
    }
    return current;
  };
  if (!check) return { noNetwork, up, network };
  // All rows share one small network, which the end of the benchmark removes.
  return {
    noNetwork: async () => undefined,
    up: (_orgs, _peers, options) => up(1, 2, options),
    network: (_orgs, _peers, gateway) => network(1, 2, gateway),
  };
}

/**
 * Prepares what all rows need.
 * @param options `root` of the package; `dir`: an empty folder for all files; `from`: the source; `product`; `run`: a
 *   runner; `log` prints a line of progress; `check`: whether rows only have to work
 */
export async function prepareSetup({ root, dir, from, product, run, log, check }) {
  const bin = join(root, 'dist', 'bin.js');
  const sourceDir = join(dir, 'source');
  log('copying the source');
  await copySource(run, resolve(from), sourceDir);
  const source = await product.recogniseSource(sourceDir);
  const format = '{{.Server.Version}} {{.Server.Arch}}';
  const engine = (await run('docker', ['version', '--format', format])).stdout;
  const [engineVersion, goArch] = engine.trim().split(' ');
  const { values: defaults } = await product.loadConfig({ dir, flags: {} });
  const settingsFor = (dockerNs, baseDockerNs = dockerNs) =>
    product.buildSettings({ ...defaults, dockerNs, baseDockerNs }, source, goArch);
  const original = settingsFor(undefined, BASE_NAMESPACE);

  const wizard = (folder, args) => runOk({ run, bin, folder }, args);
  /** Makes a project folder. Its images are in a namespace with the name of the project. */
  const folder = async (name, project, choices) => {
    const path = join(dir, name);
    await mkdir(path);
    const text = choicesText({ source: sourceDir, project, 'docker-ns': project, ...choices });
    await writeFile(join(path, 'fabric-wizard.yaml'), text);
    return path;
  };
  const images = baseImages({ run, log, original, wizard, folder, check });

  /** Builds all images in the folder that also has the network. */
  const work = once(async () => {
    log('building the images');
    const own = await images.ownBases(WORK);
    await images.warm(own.cache, own.builder);
    const path = await folder('work', WORK, own.choices);
    await wizard(path, ['build', '--yes']);
    return { path, settings: settingsFor(WORK), builder: own.builder };
  });

  const kind = source.practice ? 'the practice source' : 'Fabric';
  const commit = source.tree.commit ? ` (${source.tree.commit})` : '';
  return {
    ...{ bin, dir, root, run, log, check, product, source, original, engineVersion, goArch },
    ...{ wizard, folder, work, settingsFor },
    ...images,
    ...networks({ log, product, work, wizard, check }),
    sourceName: `${kind} ${source.version}${commit}`,
  };
}

function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
