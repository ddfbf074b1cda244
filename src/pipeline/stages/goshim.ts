/** Packs the shim's source and a Go build cache for ccenv, for releases whose ccenv contains the shim. */
import { dirname } from 'node:path';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { isBuilt } from './build-image.ts';
import { compileStage, requireOutputs } from './compile.ts';
import { imagesToBuild } from './image-decision.ts';
import { buildsOwnImages, ownImages } from './plan-scope.ts';
import { swapStage } from './swap.ts';
import { PACKED, packWarmCache, WARM_CACHE } from './warm-cache.ts';

/** $1 tags, $2 package of the peer, $3 … the shim's packages. Packs the files in /fw/goshim.list, symlinks followed. */
const SCRIPT = `
set -eu
out=${PACKED} tags=$1 peer=$2 tree=$PWD owner=0
shift 2
mkdir -p "$out"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -chf "$out/goshim.tar" -C "$GOPATH/src" -T /fw/goshim.list
${WARM_CACHE}`;

/** Returns the packages in the list that are below the shim and that chaincode may import (`shim/ext/…`). */
function subpackages(files: readonly string[], shim: string): string[] {
  const folders = files
    .filter((path) => path.startsWith(`${shim}/ext/`) && /(?<!_test)\.go$/.test(path))
    .map(dirname);
  return [...new Set(folders)].sort();
}

export const goshimStage = defineStage({
  id: 'goshim',
  topic: {
    group: 'build-stages',
    aliases: ['shim', 'goshim.tar.bz2', 'goListFiles.sh'],
    see: ['image.ccenv', '/chaincode'],
  },
  // Running nodes are updated first: the user waits for them, not for the images.
  needs: [compileStage, swapStage],
  isIncluded: (input) => buildsOwnImages(input) && input.observed.ccenvPayload === 'goshim',
  decide: (input) =>
    decideBy([[imagesToBuild(ownImages(input), input).includes('ccenv'), { key: 'cause.into-ccenv' }]], {
      key: 'cause.not-needed',
    }),
  cost: () => ({ seconds: 3, practiceSeconds: 0, cores: 1, memoryMb: 100 }),
  execute: async (context, inputs) => {
    const { source } = inputs.of(compileStage);
    const outputs = requireOutputs(inputs);
    if (!context.options.force && (await isBuilt({ ...context, source }, outputs, 'ccenv')))
      return { outcome: 'cached', detail: { key: 'detail.shim-there' } };
    const { goshim, gocache } = payloadPaths(context.stateDir);
    const { release } = context.settings;
    const { shim, protos } = release.shim;
    const packages = [
      shim,
      protos,
      // Their dependencies are in ccenv only if the release's script lists them.
      ...(release.goshimSubpackages ? subpackages(outputs.goshim, shim) : []),
    ];
    const count = await packWarmCache(
      { ...context, source },
      {
        script: SCRIPT,
        args: packages,
        inputs: [{ name: 'fw/goshim.list', content: `${outputs.goshim.join('\n')}\n` }],
        command: ['go', 'build', ...packages],
      },
      { 'gocache.tar': gocache, 'goshim.tar': goshim },
    );
    return {
      outcome: 'built',
      detail: { key: 'detail.shim', count: outputs.goshim.length, packages: count },
    };
  },
});
