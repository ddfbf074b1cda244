import { describe, expect, it } from 'vitest';
import { findTopic, namesOf } from '../../../../src/report/explain/find-topic.ts';
import { TOPIC_IDS, TOPICS } from '../../../../src/report/explain/topics.ts';

describe('finding a topic', () => {
  it.each([
    ['compile', 'compile'],
    ['编译', 'compile'],
    ['baseos', 'base.runtime'],
    ['runtime', 'images'],
    ['builder image', 'images'],
    ['ccenv', 'image.ccenv'],
    ['Genesis Block', 'artifacts'],
    ['genesis_block', 'artifacts'],
    ['anchor  peer', 'anchors'],
    ['锚节点', 'anchors'],
    ['VERSION', 'Version'],
    ['$(BASE_VERSION)', 'BaseVersion'],
    ['-X', 'ldflags'],
    ['dev-*', 'chaincode-image'],
    ['CORE_PEER_ADDRESS', 'CORE_PEER_ADDRESS'],
    ['core_peer_tls_key_file', 'CORE_PEER_TLS'],
    ['CORE_PEER_GOSSIP_BOOTSTRAP', 'CORE_PEER_GOSSIP'],
    ['CORE_VM_DOCKER_TLS_CA_FILE', 'CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE'],
    ['CORE_CHAINCODE_JAVA_RUNTIME', 'CORE_CHAINCODE'],
    ['/etc/hyperledger/fabric/msp', '/etc/hyperledger/fabric'],
    ['/usr/local/bin/', '/usr/local/bin'],
    ['ＭＳＰ', 'msp'],
    ['实例化', 'instantiate'],
    ['生命周期', 'lifecycle'],
  ])('%s -> %s', (term, topic) => {
    expect(findTopic(term)).toEqual({ topic });
  });

  it('names the nearest ones of what it does not know', () => {
    expect(findTopic('compil')).toEqual({ nearest: expect.arrayContaining(['compile']) });
    expect(findTopic('endorsment')).toEqual({ nearest: ['endorsement', expect.anything()] });
    expect(findTopic('背书者')).toMatchObject({ nearest: ['endorsement'] });
    expect(findTopic('qzxw')).toEqual({ nearest: [] });
    expect(findTopic('')).toEqual({ nearest: [] });
  });

  it('takes a sentence that begins with a name for no name', () => {
    expect(findTopic('channel of television')).toHaveProperty('nearest');
  });

  it('has no name twice', () => {
    const names = TOPIC_IDS.flatMap(namesOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('points to topics that are there', () => {
    const see = TOPIC_IDS.flatMap((topic) => TOPICS[topic].see.map((other) => ({ topic, other })));
    const lost = see.filter(({ topic, other }) => !(other in TOPICS) || other === topic);
    expect(lost).toEqual([]);
  });
});
