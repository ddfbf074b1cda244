/** `clean --images` removes what the project has on all engines. */
import { contents } from '../../engines/leftovers.mjs';
import { nodes } from '../look.mjs';

/** What other projects use as well: Go caches, base images and the gateway. */
const SHARED = /^(?:volume fabric-wizard-go-|image (?:fabric-wizard\/|hyperledger\/))/;
/** Networks of the Swarm, which a worker has once a container uses an overlay network. */
const OF_SWARM = /^network (?:ingress|docker_gwbridge)$/;

/** Images of `--images` are another project's: they stay, also those whose names an edit took. */
function isGiven(what, images) {
  return images !== undefined && (what.startsWith(`image ${images}/`) || what.startsWith('untagged image '));
}

export async function clean({ machines, wizardOk, before, images }, row) {
  if ((await nodes(machines)).length === 0) await wizardOk(['up', '--yes']);
  const { seconds } = await wizardOk(['clean', '--images', '--yes']);
  row.figures.push({ what: 'clean --images', seconds });
  for (const { name, engine } of machines) {
    const there = new Set(before.get(name));
    const left = (await contents(engine)).filter(
      (what) => !there.has(what) && !OF_SWARM.test(what) && !isGiven(what, images),
    );
    row.problems.push(...left.filter((what) => !SHARED.test(what)).map((what) => `${name} has ${what}`));
    row.facts.push(`${name} keeps ${left.filter((what) => SHARED.test(what)).join(', ') || 'nothing'}`);
  }
}
