/** Fabric's own words and the life of a chaincode, in English. */
import type { IdsOf, WORDS } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const words: Readonly<Record<IdsOf<typeof WORDS>, TopicText>> = {
  peer: {
    title: 'Keeps ledgers, runs chaincode',
    text: 'A peer belongs to an organisation. On each channel that it joined it keeps the ledger, and it endorses: it runs chaincode when asked and signs the result. Blocks come from the orderer; what they write counts only after the peer has checked them. Here are {peers}; {peer} is published on 127.0.0.1:{peerPort}.',
  },
  orderer: {
    title: 'Puts transactions in an order',
    text: "It takes endorsed transactions, puts them in one order for all, cuts blocks and hands them to the peers. It runs no chaincode and judges no value. solo is a single process, for development; raft (from 1.4.1 on) is several. Here a block is cut after 200 ms: Fabric's default of 2 s is 2 s of waiting each time.",
  },
  msp: {
    title: 'Who belongs to an organisation',
    text: "The membership service provider tells whose certificates an organisation stands for, and who of them is an admin. It is a folder: signcerts/ and keystore/ for one's own certificate and key, cacerts/ and tlscacerts/ for what is trusted, admincerts/ or config.yaml for who is what. By its id, {mspId}, policies mean the organisation.",
  },
  ledger: {
    title: 'Blocks, and the state that they make',
    text: 'The ledger of a channel is its chain of blocks, and the state: the last value of each key, here in LevelDB, which could be made anew from the blocks. A transaction takes three steps: peers endorse it, the orderer puts it in a block, every peer checks it and commits. The height is the number of blocks.',
  },
  endorsement: {
    title: 'A peer signs what it computed',
    text: 'A peer runs the chaincode without writing anything, notes what was read and what would be written, and signs that. The endorsement policy says whose signatures are enough: OR(...) of one organisation, AND(...) of several. When the block comes, each peer checks the signatures, and whether what was read still holds.',
  },
  lifecycle: {
    title: 'instantiate in 1.x, approve and commit from 2.0 on',
    text: '1.x: install on each peer, then one organisation instantiates for all. From 2.0 on: package, install, each organisation approves, one commits. There a peer compiles at install, so a missing image shows at install, and chaincode brings its shim in vendor/ or go.mod, because ccenv has none. 3.x has the new one only.',
  },
  install: {
    title: 'The source goes to a peer',
    text: "The chaincode's source is packed and put into /var/hyperledger/production of a peer. In 1.x nothing is compiled yet. Every peer that shall run the chaincode needs it, and only an admin of its organisation may give it. -p is an import path below GOPATH/src of the cli container. A second time it is refused: it is there.",
  },
  instantiate: {
    title: 'Compiled, started, known to the channel',
    text: 'Once for each channel and chaincode. The peer compiles in {askedBuilder}, makes an image on {askedRuntime}, starts it, calls Init and endorses; the orderer makes a block of that. Other peers compile at their first call. Here a wrong image name shows: "pull access denied". Without -P any member may endorse.',
  },
  invoke: {
    title: 'invoke and query',
    text: 'Both run the chaincode on a peer. query shows the answer, and that is all. invoke sends the endorsed result on to the orderer, and the value changes when the block has come back to the peer: a query right behind it may show the old one. On a peer that has not compiled yet, the first call takes as long as a compile.',
  },
};
