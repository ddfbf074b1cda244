/** The proof on many peers and on few peers. */
import { partsOf } from '../events.mjs';

export const eightPeers = {
  name: 'eight-peers',
  what: 'proof (`smoke`) on 8 peers',
  against: 'proof on 2 peers',
  atMost: 1.5,
  measure: async (setup, runs) => {
    const proofs = async (orgs, peers) => {
      const { path } = await setup.network(orgs, peers);
      const proved = [];
      for (let i = 1; i <= runs; i++) {
        setup.log(`proof on ${orgs * peers} peers, run ${i} of ${runs}`);
        proved.push(await setup.wizard(path, ['smoke', '--yes']));
      }
      return proved;
    };
    const few = await proofs(1, 2);
    const many = await proofs(2, 4);
    await setup.noNetwork();
    return {
      measured: many.map(({ seconds }) => seconds),
      reference: few.map(({ seconds }) => seconds),
      measuredParts: partsOf(many[0]),
      referenceParts: partsOf(few[0]),
    };
  },
};
