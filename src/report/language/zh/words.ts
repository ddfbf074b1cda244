/** Topics about Fabric's terms and the life of a chaincode, in Simplified Chinese. */
import type { IdsOf, WORDS } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const words: Readonly<Record<IdsOf<typeof WORDS>, TopicText>> = {
  peer: {
    title: '保存账本，运行链码',
    text: 'peer 属于一个组织。它为加入的每个通道保存账本，还负责背书：按请求运行链码，对结果签名。区块来自 orderer；peer 检查之后，其中的写入才生效。这里有 {peers} 个 peer。{peer} 发布在 127.0.0.1:{peerPort}。',
    aliases: ['节点', '对等节点', 'peer 节点'],
  },
  orderer: {
    title: '给交易排序',
    text: 'orderer 接收已背书的交易，为所有 peer 排成同一个顺序，切成区块，发给 peer。它不运行链码，也不判断值是否正确。solo 是单个进程，用于开发；raft（从 1.4.1 起）可以有多个排序节点。这里每 200 毫秒出一个区块。如果用默认的 2 秒，每笔交易最多要等 2 秒。',
    aliases: ['排序', '排序节点', '排序服务', '共识'],
  },
  msp: {
    title: '组织的成员',
    text: '成员服务提供者（MSP）规定哪些证书属于一个组织，其中哪些人是管理员。它是一个目录：signcerts/ 和 keystore/ 是自己的证书和私钥，cacerts/ 和 tlscacerts/ 是受信任的 CA，admincerts/ 或 config.yaml 说明角色。策略用标识 {mspId} 指代这个组织。',
    aliases: ['成员服务', '组织'],
  },
  ledger: {
    title: '区块，以及由区块得出的状态',
    text: '通道的账本就是它的区块链，加上状态：每个键的最新值。状态默认存在 LevelDB 里，可以由区块重新算出。一笔交易分三步：peer 背书，orderer 放进区块，每个 peer 检查并提交。高度就是区块的个数。',
    aliases: ['账本', '区块', '状态', '世界状态', '交易'],
  },
  endorsement: {
    title: 'peer 对计算结果签名',
    text: 'peer 运行链码但不写入，只记录读了什么、要写什么，并对记录签名。背书策略规定需要哪些签名：OR(…) 只要一个组织，AND(…) 要几个组织。区块到来时，每个 peer 都检查签名，并检查当时读到的值是否仍然有效。',
    aliases: ['背书', '背书策略', '策略'],
  },
  lifecycle: {
    title: '1.x 的实例化，2.0 起的批准和提交',
    text: '在 1.x 里，链码安装到每个 peer 上，再由一个组织为所有组织实例化。从 2.0 起，链码先打包并安装，各组织批准，再由一个组织提交。从 2.0 起 peer 在安装时就编译，所以缺少镜像时安装就会失败。链码要在 vendor/ 或 go.mod 里自带 shim，因为 ccenv 里没有。3.x 只有新的生命周期。',
    aliases: ['生命周期', '批准', '提交链码', '升级'],
  },
  install: {
    title: '把源码交给 peer',
    text: '链码的源码打包后放进 peer 的 /var/hyperledger/production。在 1.x 里这时还不编译。要运行链码的每个 peer 都需要它，只有本组织的管理员可以安装。-p 是 cli 容器 GOPATH/src 下的导入路径。再次安装会被拒绝，因为链码已经在那里。',
    aliases: ['安装', '安装链码', '链码'],
  },
  instantiate: {
    title: '编译链码，并在通道上启动',
    text: '每个通道、每个链码一次。peer 在 {requiredBuilder} 里编译，以 {requiredRuntime} 为基础构建镜像，启动它，调用 Init 并背书；orderer 把它放进区块。其他 peer 在第一次调用时才编译。镜像名写错时，这里会失败，提示“pull access denied”。不写 -P 时，任何成员都可以背书。',
    aliases: ['实例化'],
  },
  invoke: {
    title: '调用与查询',
    text: '两者都在 peer 上运行链码。query 只返回结果。invoke 还把背书后的结果发给 orderer，区块到达 peer 后值才改变。紧接着查询，得到的可能还是旧值。在还没有编译过链码的 peer 上，第一次调用要花一次编译的时间。',
    aliases: ['调用', '查询'],
  },
};
