/**
 * A client as `fabric-network` 2.2 is used: discovery with asLocalhost, a profile and a wallet. It moves 1 from a to b with
 * the endorsement of two organisations, and prints what it saw as JSON.
 * Arguments: connection profile, wallet, channel, chaincode, MSP ids of the endorsing organisations.
 */
const { readFileSync } = require('node:fs');
const { Gateway, Wallets } = require('fabric-network');

const [profile, folder, channel, chaincode, ...mspIds] = process.argv.slice(2);

async function main() {
  const wallet = await Wallets.newFileSystemWallet(folder);
  const gateway = new Gateway();
  await gateway.connect(JSON.parse(readFileSync(profile, 'utf8')), {
    wallet,
    identity: 'user1',
    discovery: { enabled: true, asLocalhost: true },
  });
  const network = await gateway.getNetwork(channel);
  const contract = network.getContract(chaincode);
  const before = (await contract.evaluateTransaction('query', 'a')).toString();

  const transaction = contract.createTransaction('invoke');
  transaction.setEndorsingOrganizations(...mspIds);
  const id = transaction.getTransactionId();
  // The listener also gets the events of the newest block that is there.
  const event = new Promise((resolve) => {
    void contract.addContractListener(async ({ eventName, payload, getTransactionEvent }) => {
      if (getTransactionEvent().transactionId === id)
        resolve({ name: eventName, payload: payload?.toString() });
    });
  });
  await transaction.submit('a', 'b', '1');
  const seen = await event;

  const after = (await contract.evaluateTransaction('query', 'a')).toString();
  const block = await network.getContract('qscc').evaluateTransaction('GetTransactionByID', channel, id);
  const signed = mspIds.filter((mspId) => block.includes(mspId));
  gateway.disconnect();
  process.stdout.write(JSON.stringify({ before, after, event: seen, signed }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
