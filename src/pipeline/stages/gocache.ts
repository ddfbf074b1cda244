/** Packs a Go build cache for ccenv, for releases whose chaincode includes the shim, by compiling such a chaincode. */

import { chaincodeSource, shippedChaincode } from '../chaincode/chaincode-source.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { isBuilt } from './build-image.ts';
import { compileStage, requireOutputs } from './compile.ts';
import { imagesToBuild } from './image-decision.ts';
import { buildsOwnImages, ownImages } from './plan-scope.ts';
import { swapStage } from './swap.ts';
import { PACKED, packWarmCache, WARM_CACHE } from './warm-cache.ts';

/** User that compiles chaincode in ccenv from Fabric 2.0 on. */
const CHAINCODE_USER = 500;
/** Where peers unpack a chaincode's source in the build container. */
const INPUT = 'chaincode/input';

/** $1 tags, $2 package of the peer, $3 folder of a chaincode, $4 its package */
const SCRIPT = `
set -eu
out=${PACKED} tags=$1 peer=$2 tree=$PWD owner=${CHAINCODE_USER}
export GOPATH="/chaincode/input:$GOPATH"
cd "$3"
shift 3
${WARM_CACHE}`;

export const gocacheStage = defineStage({
  id: 'gocache',
  topic: {
    group: 'build-stages',
    aliases: ['gocache.tar', 'GOCACHE', 'warm cache'],
    see: ['image.ccenv', 'smoke'],
  },
  needs: [compileStage, swapStage],
  isIncluded: (input) => buildsOwnImages(input) && input.observed.ccenvPayload === 'gocache',
  decide: (input) =>
    decideBy([[imagesToBuild(ownImages(input), input).includes('ccenv'), { key: 'cause.into-ccenv' }]], {
      key: 'cause.not-needed',
    }),
  cost: () => ({ seconds: 25, cores: 1, memoryMb: 600 }),
  execute: async (context, inputs) => {
    const { source } = inputs.of(compileStage);
    const outputs = requireOutputs(inputs);
    const compiled = { ...context, source };
    if (!context.options.force && (await isBuilt(compiled, outputs, 'ccenv')))
      return { outcome: 'cached', detail: { key: 'detail.cache-there' } };
    const { files, path, folder } = await chaincodeSource(compiled, outputs, {
      dir: shippedChaincode(context),
      shipped: true,
    });
    const count = await packWarmCache(
      compiled,
      {
        script: SCRIPT,
        args: [`/${INPUT}/${folder}`, context.settings.release.goMode === 'modules' ? path : '.'],
        inputs: files.map((file) => ({ ...file, name: `${INPUT}/${file.name}` })),
        command: ['go', 'build', path],
      },
      { 'gocache.tar': payloadPaths(context.stateDir).gocache },
    );
    return { outcome: 'built', detail: { key: 'detail.compiled-ahead', count } };
  },
});
