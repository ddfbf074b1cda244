/** What is done to a proven network so that a stage has work to do. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './launch.mjs';

/** A file that is compiled into all programs of the practice source. */
const SHARED = 'common/metadata/edit.go';
let edits = 0;

/** Edits the source so that all programs change. */
export async function editSource({ source }) {
  edits += 1;
  const text = JSON.stringify(`edit ${process.pid} ${edits}`);
  const body = `var Edit = ${text}\n\nfunc init() {\n\tif Edit == "" {\n\t\tpanic(Edit)\n\t}\n}\n`;
  await writeFile(join(source, SHARED), `package metadata\n\n${body}`);
}

/** Removes every name of these images. */
export async function removeImages({ engine, project }, ...images) {
  const refs = images.map((image) => `${project}/fabric-${image}`);
  for (const { RepoTags } of await engine.listImages({ filters: { reference: refs } })) {
    for (const tag of RepoTags ?? []) await engine.getImage(tag).remove({ force: true });
  }
}

async function takeDown(site) {
  const { exitCode, stderr } = await launch(site, { args: ['down', '--volumes', '--yes'] }).ended;
  if (exitCode !== 0) throw new Error(`down ended with ${exitCode}: ${stderr.trim()}`);
}

async function removeNodes({ engine, project }) {
  const label = [`io.fabric-wizard.project=${project}`];
  const nodes = await engine.listContainers({ all: true, filters: { label } });
  const own = nodes.filter(({ Names }) => Names[0]?.startsWith(`/${project}-`));
  await Promise.all(own.map(({ Id }) => engine.getContainer(Id).remove({ force: true })));
}

/** Removes the gateway of the network, and its image. */
async function removeGateway({ engine, project }) {
  await engine.getContainer(`${project}-gateway`).remove({ force: true });
  const images = await engine.listImages({ filters: { label: ['io.fabric-wizard.origin=gateway'] } });
  for (const { Id } of images) await engine.getImage(Id).remove({ force: true });
}

/** The scenes by name. Each prepares a site whose network is proven. */
export const SCENES = {
  'at rest': async () => undefined,
  'base images without their names': async ({ engine, bases }) => {
    for (const name of bases.filter((base) => base.startsWith('hyperledger/')))
      await engine.getImage(name).remove();
  },
  'edited source': editSource,
  'no ccenv': (site) => removeImages(site, 'ccenv'),
  'no images': (site) => removeImages(site, 'peer', 'orderer', 'tools', 'ccenv'),
  'no gateway': removeGateway,
  'no nodes': removeNodes,
  'no network': takeDown,
  'no certificates': async (site) => {
    await takeDown(site);
    await rm(join(site.state, 'network'), { recursive: true, force: true });
  },
};

/** The scene in which each stage has work to do. */
export const SCENE_OF = {
  source: 'at rest',
  'base.builder': 'base images without their names',
  'base.runtime': 'base images without their names',
  sampleconfig: 'edited source',
  compile: 'edited source',
  gateway: 'no gateway',
  'image.peer': 'edited source',
  'image.orderer': 'edited source',
  'image.tools': 'edited source',
  goshim: 'no ccenv',
  'image.ccenv': 'no ccenv',
  verify: 'no ccenv',
  crypto: 'no certificates',
  artifacts: 'no certificates',
  compose: 'no certificates',
  start: 'no network',
  ready: 'no network',
  channel: 'no network',
  join: 'no network',
  anchors: 'no network',
  smoke: 'at rest',
};

/** Stages that `up` of the practice source does not contain, with the reason. */
export const NOT_HERE = {
  couchdb: 'the practice source uses LevelDB',
  swap: 'a stage of rebuild',
  test: 'a stage of the command `test`; test/e2e/rebuild.test.ts runs it',
  suites: 'a stage of `test --integration`, for Fabric only: the practice source has no suites',
  chaintool: 'for CAR chaincode only',
  'base.upstream': "for the checkout's own Dockerfiles only",
  'image.baseos': 'from Fabric 2.0 on',
  gocache: 'from Fabric 2.0 on',
  nodeenv: 'for chaincode in Node.js only',
  javaenv: 'for chaincode in Java only',
  ca: 'for a network with --ca only; test/e2e/ca.test.ts builds it from a real checkout',
  metrics: 'for a network with --metrics only',
  prometheus: 'for a network with --metrics only',
  members: 'for a network that an organisation was added to only',
  packages: 'for a run that adds a member only; test/e2e/chaincode.test.ts adds one',
  'after-start': 'for hooks of the user only',
  'after-proof': 'for hooks of the user only',
  deploy: 'for chaincodes of the user only; test/e2e/chaincode.test.ts interrupts it',
};
