/** What the rows stand on: a copy of the source, base images of the bench's own, and our program. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ANY_OWNER, makeRepository } from '../git.mjs';
import { choicesText, runWizard } from '../wizard.mjs';
import { BASE_NAMESPACE, cacheOf, OWN, WORK } from './names.mjs';
import { freePortBase } from './ports.mjs';

/** Choices that no source changes. */
const COMMON = { dockerLabel: 'org.hyperledger.fabric', goTags: '' };

/** The repository's committed state where `from` is one, else the folder as it is, made a repository. */
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

/**
 * @param options `root` the package; `dir` a new folder for everything; `from` the source; `product`; `run`;
 *   `say` takes a line of progress
 */
export async function prepareGround({ root, dir, from, product, run, say }) {
  const bin = join(root, 'dist', 'bin.js');
  const sourceDir = join(dir, 'source');
  say('copying the source');
  await copySource(run, resolve(from), sourceDir);
  const source = await product.recogniseSource(sourceDir);
  const engine = (await run('docker', ['version', '--format', '{{.Server.Version}} {{.Server.Arch}}']))
    .stdout;
  const [engineVersion, goArch] = engine.trim().split(' ');
  const original = product.buildSettings({ ...COMMON, baseDockerNs: BASE_NAMESPACE }, source, goArch);

  const imageId = async (ref) => {
    const { exitCode, stdout } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', ref], {
      mayFail: true,
    });
    return exitCode === 0 ? stdout.trim() : undefined;
  };

  /**
   * Our program with `--json` in one of our folders.
   * @returns `{seconds, events}` as `runWizard` gives them
   * @throws Error where it fails
   */
  const wizard = async (folder, args) => {
    const { seconds, exitCode, events, stderr } = await runWizard({ run, bin, folder }, args);
    if (exitCode !== 0) {
      const why = events.map(
        ({ described }) => described && [described.title, ...described.detail].join('\n'),
      );
      throw new Error(
        `fabric-wizard ${args.join(' ')} ended with ${exitCode}\n${why.find(Boolean) ?? stderr}`,
      );
    }
    return { seconds, events };
  };

  /** A folder of a project, with images in a namespace of that name. */
  const folder = async (name, project, choices) => {
    const path = join(dir, name);
    await mkdir(path);
    await writeFile(
      join(path, 'fabric-wizard.yaml'),
      choicesText({ source: sourceDir, project, 'docker-ns': project, ...choices }),
    );
    return path;
  };

  const bases = once(async () => {
    const there = await Promise.all([original.builderImage, original.runtimeImage].map(imageId));
    if (there.every((id) => id !== undefined)) return;
    say('base images are missing: they are made first, and stay');
    await wizard(await folder('bases', OWN), ['build', 'ccenv', '--yes']);
  });

  /**
   * Base images that differ from the real ones in a label only: no layer, no Go cache and no name of
   * anybody else's meets what is built on them.
   * @returns choices, `builder` and `runtime` image references, and `cache`: the volume that a compile in it uses
   */
  const ownBases = async (namespace) => {
    await bases();
    const mark = randomBytes(6).toString('hex');
    const make = async (kind, ref) => {
      const name = `${namespace}/${kind}:${mark}`;
      await run(
        'docker',
        ['build', '--quiet', '--label', `io.fabric-wizard.bench=${mark}`, '--tag', name, '-'],
        {
          input: `FROM ${ref}\n`,
        },
      );
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
   * Where this machine has compiled such a source before, what comes of it saves the minutes of a first
   * compile that nobody measures.
   * @param cache a volume or a folder, which gets a Go build cache in `go-build`
   */
  const warm = async (cache, image) => {
    const known = cacheOf(await imageId(original.builderImage));
    const { exitCode } = await run('docker', ['volume', 'inspect', known], { mayFail: true });
    if (exitCode !== 0) return;
    const mounts = ['--volume', `${known}:/from:ro`, '--volume', `${cache}:/to`];
    const owner = `${process.getuid()}:${process.getgid()}`;
    const copy = `cp -r /from/go-build /to && chown -R ${owner} /to`;
    await run('docker', ['run', '--rm', '--label', OWN, ...mounts, image, 'sh', '-c', copy], {
      mayFail: true,
    });
  };

  /** The folder in which everything is built, and which has the network. */
  const work = once(async () => {
    say('building the images that are measured');
    const own = await ownBases(WORK);
    await warm(own.cache, own.builder);
    const path = await folder('work', WORK, own.choices);
    await wizard(path, ['build', '--yes']);
    const settings = product.buildSettings({ ...COMMON, dockerNs: WORK, baseDockerNs: WORK }, source, goArch);
    return { path, settings, builder: own.builder };
  });

  /**
   * `up` of a network that is new in everything but its images.
   * @returns the run, the work folder, its settings and the network's spec
   */
  const up = async (orgs, peers) => {
    const { path, settings } = await work();
    await noNetwork();
    // Asked as late as can be: others start networks too.
    const portBase = await freePortBase();
    const shape = ['--orgs', String(orgs), '--peers', String(peers), '--port-base', String(portBase)];
    const told = await wizard(path, ['up', '--yes', ...shape]);
    const config = { portBase, orgs, peers, channel: 'mychannel', tls: true };
    return { told, path, settings, spec: product.networkSpec(config, settings.release, WORK) };
  };

  let standing = { shape: '' };
  /** The bench's network of so many peers, as `up` gives it; one stands at a time, and is used again. */
  const network = async (orgs, peers) => {
    const shape = `${orgs} x ${peers} peers`;
    if (standing.shape !== shape) {
      say(`a network of ${shape}`);
      standing = { ...(await up(orgs, peers)), shape };
    }
    return standing;
  };
  /** Ledgers and certificates too: the next `up` begins with nothing but images. */
  const noNetwork = async () => {
    const { path } = await work();
    standing = { shape: '' };
    await wizard(path, ['clean', '--yes']);
    await rm(join(path, '.fabric-wizard', 'network'), { recursive: true, force: true });
  };

  return {
    bin,
    dir,
    root,
    run,
    say,
    product,
    source,
    sourceName: `${source.practice ? 'the practice source' : 'Fabric'} ${source.version}${source.tree.commit ? ` (${source.tree.commit})` : ''}`,
    original,
    engineVersion,
    goArch,
    imageId,
    wizard,
    folder,
    bases,
    ownBases,
    warm,
    work,
    up,
    network,
    noNetwork,
    settingsFor: (namespace) =>
      product.buildSettings({ ...COMMON, dockerNs: namespace, baseDockerNs: namespace }, source, goArch),
  };
}

function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
