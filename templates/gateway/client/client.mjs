/** Puts a value with the chaincode, and gets it back. `node client KEY VALUE` names others than `hello` and the time. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';

const [key = 'hello', value = new Date().toISOString()] = process.argv.slice(2);
// `fabric-wizard connect` writes this file. GATEWAY_FILE names that of another organisation.
const written = new URL('../.fabric-wizard/network/clients/org1/gateway.json', import.meta.url);
const file = JSON.parse(readFileSync(process.env.GATEWAY_FILE ?? written, 'utf8'));
const credentials = file.tlsCaCertPath
  ? grpc.credentials.createSsl(readFileSync(file.tlsCaCertPath))
  : grpc.credentials.createInsecure();
const client = new grpc.Client(file.endpoint, credentials, {
  'grpc.ssl_target_name_override': file.hostAlias,
});
const gateway = connect({
  client,
  identity: { mspId: file.mspId, credentials: readFileSync(file.certPath) },
  signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(file.keyPath))),
});
try {
  const contract = gateway.getNetwork(file.channels[0]).getContract('basic');
  await contract.submitTransaction('put', key, value);
  process.stdout.write(`${Buffer.from(await contract.evaluateTransaction('get', key))}\n`);
} finally {
  gateway.close();
  client.close();
}
