/** Machines in a Swarm, with a project of which nothing runs yet. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { handCli } from '../bench/cli.mjs';
import { networkIn } from '../bench/network.mjs';
import { loadProduct } from '../bench/product.mjs';
import { provideBases } from '../engines/base-images.mjs';
import { contents } from '../engines/leftovers.mjs';
import { SAMPLE } from '../engines/table.mjs';
import { ANY_OWNER } from '../git.mjs';
import { startSwarmIn } from '../machines/swarm.mjs';
import { reasonOf } from '../matrix/outcome.mjs';
import { reasonLines } from '../matrix/report.mjs';
import { choicesText, runWizard } from '../wizard.mjs';
import { cachePipe } from './go-cache.mjs';

export const PROJECT = 'fw-swarm';
const PORT_BASE = 24_000;
/** A label of a node of the Swarm, which `placement` names. */
export const LABEL = { name: 'rack', value: 'b' };

/** Copies the source, because a step edits it. A clone has the commit that the images of the source are labelled with. */
async function copySource({ run, root, source, to }) {
  if (source === undefined) return cp(join(root, SAMPLE), to, { recursive: true });
  await run('git', ['clone', '--quiet', '--local', source, to], { env: ANY_OWNER });
}

/** Returns the references of the images of a namespace on an engine. */
async function imagesIn(run, namespace) {
  const { stdout } = await run('docker', [
    'images',
    '--format',
    '{{.Repository}}:{{.Tag}}',
    `${namespace}/*`,
  ]);
  return stdout.split('\n').filter((ref) => ref !== '' && !ref.endsWith('<none>'));
}

/**
 * Returns the machine that the placement of the project names for a node.
 * @param machines the first is the manager; the second has the first organisation if there is a third one, which has the label
 */
function placementOn(machines) {
  const [manager, ...workers] = machines.map(({ name }) => name);
  const labelled = workers.at(-1);
  const [first] = workers.length > 1 ? workers : [manager];
  return {
    choices: { Org1: first, Org2: `label:${LABEL.name}=${LABEL.value}`, orderers: manager },
    labelled,
    machineOf: (node) => {
      if (node.endsWith('.org1.example.com')) return first;
      if (node.endsWith('.org2.example.com')) return labelled;
      return node.startsWith('gateway-') ? node.slice('gateway-'.length) : manager;
    },
  };
}

/**
 * Starts the machines and prepares a project.
 * @param options `root` of the package; `work`: an existing folder; `names` of the machines, two or three; `source`: path, or
 *   undefined for the practice source; `images`: a namespace, see `arguments.mjs`; `shared`: whether all machines have the images at once, so that
 *   `up` copies none; `run`: a runner with this machine's engine;
 *   `runToEnd`: a runner that is not interrupted; `log`
 * @returns `machines`; `on(machine)`: a runner with its engine; `wizard(args)`: see `runWizard`; `wizardOk(args)` throws if the
 *   command fails; `cli`: see `handCli`; `spec` of the network; `placement`: see `placementOn`; `folder` of the project; `source`:
 *   the copy; `before`: what each engine has, see `contents`, by the name of the machine; `stop()` removes everything
 */
export async function makeSite({ shared = false, ...options }) {
  const { root, work, names, source, images, run, runToEnd, log } = options;
  const place = await mkdtemp(join(work, 'site-'));
  const folderOf = async (name) => {
    const path = join(place, name);
    await mkdir(path);
    return path;
  };
  let swarm;
  const stop = async () => {
    await swarm?.stop();
    await rm(place, { recursive: true, force: true });
  };
  try {
    const copy = join(place, 'source');
    await copySource({ run, root, source, to: copy });
    const bin = join(root, 'dist', 'bin.js');
    log('looking for base images');
    const bases = await provideBases({ run, bin, source: copy, folder: join(place, 'bases') });
    const refs = [...bases.names, ...(images === undefined ? [] : await imagesIn(run, images))];
    log(`starting ${names.join(', ')}`);
    swarm = await startSwarmIn({
      folder: await folderOf('machines'),
      names,
      run: runToEnd,
      images: (name) => (shared || name === names[0] ? refs : []),
    });
    const { machines } = swarm;
    const [manager] = machines;
    const on =
      (machine, runner = run) =>
      (command, args, options) =>
        runner(command, args, { ...options, env: { DOCKER_HOST: machine.tcp, ...options?.env } });
    // The images have the same ids everywhere.
    const { builder } = bases;
    if (source !== undefined) await cachePipe({ run, to: manager.tcp }, { ...builder, idInside: builder.id });
    const before = new Map(
      await Promise.all(machines.map(async ({ name, engine }) => [name, await contents(engine)])),
    );

    const folder = await folderOf('project');
    const placement = placementOn(machines);
    const dockerNs = images ?? PROJECT;
    const choices = {
      source: copy,
      project: PROJECT,
      'docker-ns': dockerNs,
      'port-base': PORT_BASE,
      orgs: 2,
      peers: 2,
    };
    const swarmChoices = { swarm: true, placement: placement.choices };
    await writeFile(
      join(folder, 'fabric-wizard.yaml'),
      choicesText({ ...choices, base: 'debian', ...swarmChoices }),
    );
    const product = await loadProduct(root);
    const { release } = await product.recogniseSource(copy);
    const spec = await networkIn(product, { folder, flags: {}, release, project: PROJECT });
    const wizard = (args) => runWizard({ run: on(manager), bin, folder }, args);
    return {
      ...{ machines, on, wizard, spec, placement, folder, source: copy, before, stop },
      wizardOk: async (args) => {
        const result = await wizard(args);
        const reason = reasonOf(result);
        if (reason) throw new Error(`${args[0]}: ${reasonLines({ reason }).join('; ')}`);
        return result;
      },
      cli: handCli({ product, run: on(manager), root }, { spec }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
