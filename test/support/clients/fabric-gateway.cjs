/**
 * A client as `@hyperledger/fabric-gateway` is used. It moves 1 from a to b with the endorsement of two organisations, and
 * prints what it saw as JSON.
 * Arguments: Gateway file, channel, chaincode, MSP ids of the endorsing organisations.
 */
const { createPrivateKey } = require('node:crypto');
const { readFileSync } = require('node:fs');
const grpc = require('@grpc/grpc-js');
const { connect, hash, signers } = require('@hyperledger/fabric-gateway');

const [file, channel, chaincode, ...mspIds] = process.argv.slice(2);
const { endpoint, hostAlias, tlsCaCertPath, mspId, certPath, keyPath } = JSON.parse(
  readFileSync(file, 'utf8'),
);

async function main() {
  const client = new grpc.Client(endpoint, grpc.credentials.createSsl(readFileSync(tlsCaCertPath)), {
    'grpc.ssl_target_name_override': hostAlias,
  });
  const gateway = connect({
    client,
    identity: { mspId, credentials: readFileSync(certPath) },
    signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(keyPath))),
    hash: hash.sha256,
  });
  const network = gateway.getNetwork(channel);
  const contract = network.getContract(chaincode);
  const text = (bytes) => Buffer.from(bytes).toString();
  const before = text(await contract.evaluateTransaction('query', 'a'));

  const events = await network.getChaincodeEvents(chaincode);
  const submitted = await contract.submitAsync('invoke', {
    arguments: ['a', 'b', '1'],
    endorsingOrganizations: mspIds,
  });
  const { successful, transactionId } = await submitted.getStatus();
  if (!successful) throw new Error(`transaction ${transactionId} failed`);
  let event;
  for await (const { eventName, payload } of events) {
    event = { name: eventName, payload: text(payload) };
    break;
  }
  events.close();

  const after = text(await contract.evaluateTransaction('query', 'a'));
  const query = network.getContract('qscc').evaluateTransaction('GetTransactionByID', channel, transactionId);
  const block = Buffer.from(await query);
  const signed = mspIds.filter((each) => block.includes(each));
  gateway.close();
  client.close();
  process.stdout.write(JSON.stringify({ before, after, event, signed }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
