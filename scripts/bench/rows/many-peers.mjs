/** The proof on many peers and on two. */
import { partsOf } from '../events.mjs';

/** @param orgs number of organisations @param peers number of peers of each */
function manyPeers({ name, orgs, peers, atMost }) {
  return {
    name,
    what: `proof (\`smoke\`) on ${orgs * peers} peers`,
    against: 'proof on 2 peers',
    atMost,
    measure: async (setup, runs) => {
      const proofs = async (...size) => {
        const { path, spec } = await setup.network(...size);
        const proved = [];
        for (let i = 1; i <= runs; i++) {
          setup.log(`proof on ${setup.product.allPeers(spec).length} peers, run ${i} of ${runs}`);
          proved.push(await setup.wizard(path, ['smoke', '--yes', '--fresh']));
        }
        return proved;
      };
      const few = await proofs(1, 2);
      const many = await proofs(orgs, peers);
      await setup.noNetwork();
      return {
        measured: many.map(({ seconds }) => seconds),
        reference: few.map(({ seconds }) => seconds),
        measuredParts: partsOf(many[0]),
        referenceParts: partsOf(few[0]),
      };
    },
  };
}

export const eightPeers = manyPeers({ name: 'eight-peers', orgs: 2, peers: 4, atMost: 1.3 });
export const thirtyTwoPeers = manyPeers({ name: 'thirty-two-peers', orgs: 4, peers: 8, atMost: 5 });
