/** What is done with each release, in this order; each step is one command of ours. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectMark, inImage } from '../mark.mjs';

const COMMANDS = {
  build: ['build', '--yes'],
  up: ['up', '--yes'],
  smoke: ['smoke', '--yes'],
  rebuild: ['rebuild', '--smoke', '--yes'],
  clean: ['clean', '--images', '--yes'],
};

export const STEP_NAMES = Object.keys(COMMANDS);
/** It is done whatever happened before. */
export const CLEAN = 'clean';

/** The peer's `main` by where it was in one line or another. */
const MAIN_FILES = ['cmd/peer/main.go', 'peer/main.go'];
/** Its root command, which every line's `main.go` describes in the same words. */
const ROOT_COMMAND = 'Use: "peer"';

/**
 * @param text the peer's main.go
 * @returns the same with a text that is linked into the peer, or undefined where the place is not found
 */
export function editedMain(text, mark) {
  return text.includes(ROOT_COMMAND)
    ? text.replace(ROOT_COMMAND, `Short: "${mark}", ${ROOT_COMMAND}`)
    : undefined;
}

async function editPeer(source, mark) {
  for (const name of MAIN_FILES) {
    const path = join(source, name);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) continue;
    const edited = editedMain(await readFile(path, 'utf8'), mark);
    if (edited === undefined) break;
    await writeFile(path, edited);
    return;
  }
  throw new Error(`there is no line to edit in ${MAIN_FILES.join(' or ')}`);
}

/** The edit is in every peer that runs, and in the image that the next one is made of. */
async function expectEdit({ run, project, dockerNs }, mark) {
  const filters = [`io.fabric-wizard.project=${project}`, 'io.fabric-wizard.role=node'];
  const { stdout } = await run('docker', [
    'ps',
    ...filters.flatMap((label) => ['--filter', `label=${label}`]),
    ...['--format', '{{.Names}} {{.Label "io.fabric-wizard.node"}}'],
  ]);
  const peers = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, node = '']) => node.startsWith('peer'));
  if (peers.length === 0) throw new Error('no peer runs');
  for (const [container] of peers) await expectMark(run, container, ['exec', container], mark);
  const image = `${dockerNs}/fabric-peer:latest`;
  await expectMark(run, image, inImage(image), mark);
}

/**
 * Does a step.
 * @param name one of STEP_NAMES
 * @param ground `run`, `project`, `dockerNs`, `source`: the checkout; `wizard(args)` -> as `runWizard`
 * @returns what `wizard` gives
 * @throws Error where the program succeeded and did not do what it says
 */
export async function doStep(name, ground) {
  if (name !== 'rebuild') return ground.wizard(COMMANDS[name]);
  const mark = `matrix-edit-${Date.now().toString(36)}`;
  await editPeer(ground.source, mark);
  const told = await ground.wizard(COMMANDS[name]);
  if (told.exitCode === 0) await expectEdit(ground, mark);
  return told;
}
