/** The stages of the base images: the builder, in which programs are compiled, and the runtime, on which they run. */
import { defineStage } from '../context/stage-definition.ts';
import { couchdbStage } from './couchdb.ts';
import { ensureBaseImage } from './ensure-base-image.ts';
import { javaenvStage } from './javaenv.ts';
import { buildsOwnImages, compiles, compilesGateway, testsSuites, testsUnits } from './plan-scope.ts';
import { sourceStage } from './source.ts';

export const baseBuilderStage = defineStage({
  id: 'base.builder',
  topic: {
    group: 'build-stages',
    aliases: ['baseimage', 'fabric-baseimage'],
    see: ['images', 'image.ccenv', 'BaseVersion'],
  },
  // If a required image of CouchDB or for Java is not available, the run should fail before anything is built.
  needs: [sourceStage, couchdbStage, javaenvStage],
  isIncluded: (input) =>
    compiles(input) ||
    compilesGateway(input) ||
    testsSuites(input) ||
    (testsUnits(input) && (input.goal.tests?.packages.length ?? 0) > 0),
  decide: ({ observed }) => observed.base.builder,
  cost: () => ({ seconds: 90, cores: 1, memoryMb: 300, engineBytes: 900e6 }),
  checks: ['engine', 'context', 'architecture', 'proxies', 'base', 'disk'],
  execute: (context) => ensureBaseImage(context, 'builder'),
});

export const baseRuntimeStage = defineStage({
  id: 'base.runtime',
  topic: {
    group: 'build-stages',
    aliases: ['baseos', 'fabric-baseos'],
    see: ['images', 'core.yaml', 'BaseVersion'],
  },
  needs: [sourceStage, couchdbStage, javaenvStage],
  isIncluded: buildsOwnImages,
  decide: ({ observed }) => observed.base.runtime,
  cost: () => ({ seconds: 60, cores: 1, memoryMb: 300, engineBytes: 100e6 }),
  checks: ['engine', 'context', 'architecture', 'proxies', 'base', 'disk'],
  execute: (context) => ensureBaseImage(context, 'runtime'),
});
