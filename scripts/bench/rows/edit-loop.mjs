/** From an edit of a Go file of the peer to running peers that contain it. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectMark, inImage } from '../../mark.mjs';
import { goInstall } from '../by-hand.mjs';
import { handCli } from '../cli.mjs';
import { editedLog } from '../edits.mjs';
import { partsOf, secondsTo } from '../events.mjs';
import { median } from '../figures.mjs';

const FOLDER = 'core/peer';

/** Returns the path and the text of the first file of the package with a log message. */
async function fileToEdit(dir) {
  const names = (await readdir(join(dir, FOLDER))).filter(
    (name) => /\.go$/.test(name) && !/_test\.go$/.test(name),
  );
  // Prefer `peer.go`: it is linked into every peer.
  for (const name of names.sort((a, b) => Number(b === 'peer.go') - Number(a === 'peer.go'))) {
    const path = join(dir, FOLDER, name);
    const text = await readFile(path, 'utf8');
    if (editedLog(text, '') !== undefined) return { path, text };
  }
  throw new Error(`no file of ${FOLDER} has a log message to edit`);
}

export const editLoop = {
  name: 'edit-loop',
  what: 'one-line edit in core/peer until two running peers contain it and respond',
  against:
    'an incremental `go install` of the peer in the builder image with a warm cache, and one `docker restart`',
  atMost: 1.15,
  measure: async (setup, runs) => {
    const { run, product, source } = setup;
    const { builder } = await setup.work();
    const net = await setup.network(1, 2);
    const { path, settings, spec } = net;
    const cli = handCli(setup, net);
    const containers = cli.peers.map(({ name }) => product.containerName(spec, name));
    const respond = () => Promise.all(cli.peers.map((peer) => cli.untilDone(peer, ['channel', 'list'])));
    const file = await fileToEdit(source.dir);
    let edits = 0;
    const edit = async () => {
      edits += 1;
      const mark = `bench-edit-${process.pid}-${edits}`;
      await writeFile(file.path, editedLog(file.text, mark));
      return mark;
    };
    const hand = join(setup.dir, 'edit-loop');
    const folders = { bin: join(hand, 'bin'), pkg: join(hand, 'pkg'), goCache: join(hand, 'cache') };
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    const install = () => goInstall(setup, { builder, settings, program: 'peer', ...folders });
    setup.log('filling the Go cache of the reference');
    await setup.warm(folders.goCache, builder);
    await install();

    const measured = [];
    const whole = [];
    const reference = [];
    let parts;
    let handParts;
    for (let i = 1; i <= runs; i++) {
      await respond();
      setup.log(`fabric-wizard, run ${i} of ${runs}`);
      const mark = await edit();
      const result = await setup.wizard(path, ['rebuild', '--yes']);
      const isSwap = ({ type, stage, outcome }) =>
        type === 'stage-finished' && stage === 'swap' && outcome === 'built';
      measured.push(secondsTo(result.events, 'a swap', isSwap));
      whole.push(result.seconds);
      parts ??= partsOf(result);
      // Without the edit in the peers, the time would be meaningless.
      for (const container of containers) await expectMark(run, container, ['exec', container], mark);
      const image = `${settings.dockerNs}/fabric-peer:latest`;
      await expectMark(run, image, inImage(image), mark);

      setup.log(`by hand, run ${i} of ${runs}`);
      const other = await edit();
      const compiled = await install();
      const restarted = await run('docker', ['restart', containers[0]]);
      reference.push(compiled.seconds + restarted.seconds);
      handParts ??= [
        { what: 'go install', seconds: compiled.seconds },
        { what: 'docker restart', seconds: restarted.seconds },
      ];
      if (!(await readFile(join(folders.bin, 'peer'))).includes(other)) {
        throw new Error('the peer built by go install does not contain the edit');
      }
    }
    await writeFile(file.path, file.text);
    await setup.noNetwork();
    return {
      measured,
      reference,
      extras: [{ what: 'until the images contain it too and the program ends', seconds: median(whole) }],
      measuredParts: parts,
      referenceParts: handParts,
    };
  },
};
