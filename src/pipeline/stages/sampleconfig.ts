/** Packs the checkout's sampleconfig for the images: `(cd sampleconfig && tar -c *)`. */
import { join } from 'node:path';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { shellWord } from '../core/shell-text.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { couchdbStage } from './couchdb.ts';
import { imagesToBuild } from './image-decision.ts';
import { javaenvStage } from './javaenv.ts';
import { buildsOwnImages, ownImages } from './plan-scope.ts';
import { sourceStage } from './source.ts';
import { writePayload } from './write-payload.ts';

const PREFIX = 'sampleconfig/';

export const sampleconfigStage = defineStage({
  id: 'sampleconfig',
  topic: {
    group: 'build-stages',
    aliases: ['sampleconfig.tar.bz2', 'orderer.yaml'],
    see: ['core.yaml', '/etc/hyperledger/fabric'],
  },
  needs: [sourceStage, couchdbStage, javaenvStage],
  isIncluded: buildsOwnImages,
  decide: (input) => {
    const nodeImages = imagesToBuild(ownImages(input), input).some((name) =>
      ['peer', 'orderer', 'tools'].includes(name),
    );
    return decideBy([[nodeImages, { key: 'cause.into-programs' }]], { key: 'cause.not-needed' });
  },
  execute: async ({ source, stateDir, signal, report }) => {
    const target = payloadPaths(stateDir).sampleconfig;
    const entries: TarEntry[] = [...source.tree.files.keys()]
      .filter((path) => path.startsWith(PREFIX))
      .map((path) => ({ name: path.slice(PREFIX.length), content: { file: join(source.dir, path) } }));
    report.command(`(cd ${shellWord(join(source.dir, 'sampleconfig'))} && tar -c *) > ${shellWord(target)}`);
    await writePayload(target, packTar(entries), signal);
    return { outcome: 'built', detail: { key: 'detail.files', count: entries.length } };
  },
});
