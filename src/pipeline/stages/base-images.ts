/** The images that everything else stands on: the builder compiles, the runtime carries what was compiled. */
import { defineStage } from '../context/stage-definition.ts';
import { couchdbStage } from './couchdb.ts';
import { ensureBaseImage } from './ensure-base-image.ts';
import { buildsOwnImages, compiles } from './plan-scope.ts';
import { sourceStage } from './source.ts';

export const baseBuilderStage = defineStage({
  id: 'base.builder',
  topic: {
    group: 'build-stages',
    aliases: ['baseimage', 'fabric-baseimage'],
    see: ['images', 'image.ccenv', 'BaseVersion'],
  },
  // Without the CouchDB that the network needs, nothing is built.
  needs: [sourceStage, couchdbStage],
  isIncluded: compiles,
  decide: ({ observed }) => observed.base.builder,
  cost: () => ({ seconds: 90, cores: 1, memoryMb: 300, engineBytes: 900e6 }),
  checks: ['engine', 'architecture', 'proxies', 'base', 'disk'],
  execute: (context) => ensureBaseImage(context, 'builder'),
});

export const baseRuntimeStage = defineStage({
  id: 'base.runtime',
  topic: {
    group: 'build-stages',
    aliases: ['baseos', 'fabric-baseos'],
    see: ['images', 'core.yaml', 'BaseVersion'],
  },
  needs: [sourceStage, couchdbStage],
  isIncluded: buildsOwnImages,
  decide: ({ observed }) => observed.base.runtime,
  cost: () => ({ seconds: 60, cores: 1, memoryMb: 300, engineBytes: 100e6 }),
  checks: ['engine', 'architecture', 'proxies', 'base', 'disk'],
  execute: (context) => ensureBaseImage(context, 'runtime'),
});
