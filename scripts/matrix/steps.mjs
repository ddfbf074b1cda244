/** The steps for each release. Each is one command of the program. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editedLog } from '../bench/edits.mjs';
import { expectMark, inImage } from '../mark.mjs';

const COMMANDS = {
  build: ['build', '--yes'],
  up: ['up', '--yes'],
  smoke: ['smoke', '--yes'],
  rebuild: ['rebuild', '--smoke', '--yes'],
  clean: ['clean', '--yes'],
};

export const STEP_NAMES = Object.keys(COMMANDS);
/** The step that runs even after a failure. */
export const CLEAN = 'clean';

/** Paths of the main file of the peer, by release. */
const MAIN_FILES = ['cmd/peer/main.go', 'peer/main.go'];
/** Part of the root command, which is the same in every release; the practice source has none. */
const ROOT_COMMAND = 'Use: "peer"';

/**
 * Inserts a text that is linked into the peer.
 * @param text of the main.go of the peer
 * @returns the changed text, or undefined if there is neither a root command nor a log message
 */
export function editedMain(text, mark) {
  return text.includes(ROOT_COMMAND)
    ? text.replace(ROOT_COMMAND, `Short: "${mark}", ${ROOT_COMMAND}`)
    : editedLog(text, mark);
}

/** Edits the main file of the peer, see `editedMain`. @param source path of a source */
export async function editPeer(source, mark) {
  for (const name of MAIN_FILES) {
    const path = join(source, name);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (!exists) continue;
    const edited = editedMain(await readFile(path, 'utf8'), mark);
    if (edited === undefined) break;
    await writeFile(path, edited);
    return;
  }
  throw new Error(`found no root command in ${MAIN_FILES.join(' or ')}`);
}

/** Checks that every running peer and the peer image contain the edit. */
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
  if (peers.length === 0) throw new Error('no peer is running');
  for (const [container] of peers) await expectMark(run, container, ['exec', container], mark);
  const image = `${dockerNs}/fabric-peer:latest`;
  await expectMark(run, image, inImage(image), mark);
}

/**
 * Runs a step.
 * @param name one of STEP_NAMES
 * @param context `run`, `project`, `dockerNs`; `source`: path of the checkout; `cleaning`: options of `clean`;
 *   `wizard(args)`: see `runWizard`
 * @returns the result of `wizard`
 * @throws Error if `rebuild` succeeds and a peer does not contain the edit
 */
export async function doStep(name, context) {
  if (name === CLEAN) return context.wizard([...COMMANDS.clean, ...context.cleaning]);
  if (name !== 'rebuild') return context.wizard(COMMANDS[name]);
  const mark = `matrix-edit-${Date.now().toString(36)}`;
  await editPeer(context.source, mark);
  const result = await context.wizard(COMMANDS[name]);
  if (result.exitCode === 0) await expectEdit(context, mark);
  return result;
}
