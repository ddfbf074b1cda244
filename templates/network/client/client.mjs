/** Puts a value with the chaincode, and gets it back. `node client KEY VALUE` names others than `hello` and the time. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fabric from 'fabric-network';

const [key = 'hello', value = new Date().toISOString()] = process.argv.slice(2);
// `fabric-wizard connect` writes these files. The variables name those of another organisation.
const written = (path) =>
  fileURLToPath(new URL(`../.fabric-wizard/network/clients/org1/${path}`, import.meta.url));
const profilePath = process.env.CONNECTION_PROFILE ?? written('connection-org1.json');
const profile = JSON.parse(readFileSync(profilePath, 'utf8'));
const wallet = await fabric.Wallets.newFileSystemWallet(process.env.WALLET_PATH ?? written('wallet'));
const gateway = new fabric.Gateway();
await gateway.connect(profile, {
  wallet,
  identity: 'user1',
  discovery: { enabled: true, asLocalhost: true },
});
try {
  const [channel] = Object.keys(profile.channels);
  const contract = (await gateway.getNetwork(channel)).getContract('basic');
  await contract.submitTransaction('put', key, value);
  process.stdout.write(`${await contract.evaluateTransaction('get', key)}\n`);
} finally {
  gateway.disconnect();
}
