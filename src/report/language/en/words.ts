/** Topics about Fabric's terms and the life of a chaincode, in English. */
import type { IdsOf, WORDS } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const words: Readonly<Record<IdsOf<typeof WORDS>, TopicText>> = {
  peer: {
    title: 'Keeps ledgers and runs chaincode',
    text: 'A peer belongs to an organisation. It keeps the ledger of each channel that it joined. It also endorses: it runs chaincode on request and signs the result. Blocks come from the orderer; their writes take effect after the peer has checked them. {peers|There is|There are} {peers} {peers|peer|peers} here. {peer} is published on 127.0.0.1:{peerPort}.',
  },
  orderer: {
    title: 'Puts transactions in order',
    text: 'An orderer receives endorsed transactions, puts them in one order for all peers, cuts blocks and sends them to the peers. It runs no chaincode and does not check values. solo is a single process for development; raft (from 1.4.1 on) can use several orderers. Here a block is cut after 200 ms. With the default of 2 s, every transaction waits up to 2 s.',
  },
  msp: {
    title: 'The members of an organisation',
    text: "The membership service provider defines which certificates belong to an organisation, and which of their owners are admins. It is a folder: signcerts/ and keystore/ contain the member's own certificate and key, cacerts/ and tlscacerts/ the trusted CAs, admincerts/ or config.yaml the roles. Policies name the organisation by its ID, {mspId}.",
  },
  ledger: {
    title: 'Blocks and the state that results from them',
    text: 'The ledger of a channel is its chain of blocks plus the state: the last value of each key. The state is in LevelDB by default and can be rebuilt from the blocks. A transaction has three steps: peers endorse it, the orderer puts it in a block, and every peer checks and commits it. The height is the number of blocks.',
  },
  endorsement: {
    title: 'A peer signs what it computed',
    text: 'A peer runs the chaincode without writing anything. It records what was read and what would be written, and signs the record. The endorsement policy says which signatures are needed: with OR(...) that of one organisation, with AND(...) those of several. When the block arrives, each peer checks the signatures, and that the values read are still current.',
  },
  lifecycle: {
    title: 'instantiate in 1.x, approve and commit since 2.0',
    text: 'In 1.x chaincode is installed on each peer, then one organisation instantiates it for all. Since 2.0 it is packaged and installed, each organisation approves it, and one commits it. Since 2.0 a peer compiles at install, so a missing image makes the install fail. Chaincode includes its shim in vendor/ or go.mod, because ccenv has none. 3.x has only the new lifecycle.',
  },
  install: {
    title: 'Sends the source to a peer',
    text: "The chaincode's source is packed and stored in /var/hyperledger/production of a peer. In 1.x nothing is compiled yet. Every peer that runs the chaincode needs it. Only an admin of the peer's organisation may install it. -p is an import path below GOPATH/src of the cli container. A second install is refused, because the chaincode is already there.",
  },
  instantiate: {
    title: 'Compiles chaincode and starts it on a channel',
    text: 'This is done once for each channel and chaincode. The peer compiles in {requiredBuilder}, builds an image on {requiredRuntime}, starts it, calls Init and endorses; the orderer makes a block of it. Other peers compile at their first call. If an image name is wrong, this step fails with "pull access denied". Without -P any member may endorse.',
  },
  invoke: {
    title: 'invoke and query',
    text: 'Both run the chaincode on a peer. query only returns the result. invoke also sends the endorsed result to the orderer, and the value changes when the block reaches the peer. A query directly after it may still return the old value. On a peer that has not compiled the chaincode yet, the first call takes as long as a compile.',
  },
};
