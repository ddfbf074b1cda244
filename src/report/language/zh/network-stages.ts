/** The stages of a network, in Simplified Chinese. */
import type { TopicText } from '../topic-text.ts';

export const networkStages = {
  couchdb: {
    title: '每个 peer 旁边的数据库',
    text: '区块存放在文件里。区块的结果（即状态）存放在 peer 自带的 LevelDB 里，或者用 --couchdb 存放在 peer 旁边的 CouchDB 里：在那里，链码可以按内容查找 JSON。这个阶段取得镜像；CouchDB 应答之前，start 不会启动它的 peer。每个通道和链码都有自己的数据库，本机可以用 “admin” 读取，但谁都不应写入。账本不能换种类：换一种选择就是一个新的网络。',
    reads: '一个镜像：该系列可用的镜像中这里已有的第一个，或 --couchdb-image',
    writes: '每个 peer 一个容器 couchdb0、couchdb1……及其卷',
  },
  crypto: {
    title: '每个成员的证书和私钥',
    text: '在 Fabric 里没有身份就什么也做不了。cryptogen 为每个组织生成一个 CA，为每个节点和用户生成证书和私钥，另有一套用于 TLS。一个成员需要的东西放在一个目录里，就是它的 MSP。这只用于开发：真实的组织会运行自己的 CA。新证书就是新网络，所以账本也用新的卷。',
    reads: '.fabric-wizard/network/crypto-config.yaml、{toolsImage}',
    writes: '.fabric-wizard/network/crypto-config/',
    aliases: ['证书', '私钥', '加密材料'],
  },
  artifacts: {
    title: '创世区块，以及通道的起点',
    text: '创世区块是 {systemChannel} 的第 0 块：orderer 由此知道有哪些组织、怎样排序。{channel}.tx 用来申请创建通道，每个 -anchors.tx 指明一个组织的锚节点。configtxgen 根据 configtx.yaml 里的配置和证书生成它们。',
    reads: '.fabric-wizard/network/configtx.yaml、crypto-config/',
    writes: '.fabric-wizard/network/channel-artifacts/',
    aliases: ['创世区块', '创世块', '初始区块'],
  },
  compose: {
    title: '可以留下来的网络文件',
    text: '它写明每个节点的镜像、CORE_ 或 ORDERER_ 变量、挂载的目录和发布的端口（只在 127.0.0.1 上）。读一读它：一个节点的全部设置都在这里。不用 fabric-wizard 也能用它启动网络。',
    reads: '各项选择、crypto-config/',
    writes: '.fabric-wizard/network/docker-compose.yaml 和 .env',
  },
  start: {
    title: '从镜像到容器',
    text: 'compose 创建缺少的容器，重建有变化的容器。镜像换了，容器就是新的；账本在卷里，不会丢。证书和创世区块必须先准备好：挂载源不存在时，Docker 会用那个名字建一个空目录，节点随即退出。',
    reads: '.fabric-wizard/network/docker-compose.yaml',
    writes: '{project} 的容器、卷和网络',
    aliases: ['启动', '容器'],
  },
  ready: {
    title: '节点有应答了吗？',
    text: '容器在运行，不等于节点能应答；端口开着也说明不了什么：peer 还没监听，Docker 就已打开端口。所以反复尝试 TLS 握手，直到成功；始终不成功，就显示该节点日志的最后几行。从不固定等待若干秒。',
    reads: '每个发布的端口',
    writes: '无',
    aliases: ['就绪'],
  },
  channel: {
    title: '若干组织共享的账本',
    text: '通道有自己的成员，不在其中的组织什么也看不到。orderer 为每个通道维护一条区块链。创建通道时，管理员把 {channel}.tx 发给 orderer，得到的应答是第 0 块。这个阶段先查询第 0 块：有了它，通道就已存在。',
    reads: 'channel-artifacts/{channel}.tx',
    writes: '{orderer} 上 {channel} 的第 0 块',
    aliases: ['通道', '创建通道', '频道'],
  },
  join: {
    title: 'peer 加入通道',
    text: '把第 0 块交给 peer，它就加入了：建立账本，取得后续区块，检查并写入。只有本组织的管理员才能让它加入。再来一次，它会回答账本已经存在。',
    reads: '{channel} 的第 0 块',
    writes: '{peers} 个 peer 上各一份账本',
    aliases: ['加入', '加入通道'],
  },
  anchors: {
    title: '别的组织从哪里找到我们',
    text: '同一组织的 peer 靠 gossip 互相发现。要找到别的组织的 peer，至少要知道那里的一个地址，这就是锚节点。它写在通道配置里，所以设置它就是一次配置更新，orderer 会为此产生一个区块。同样的更新再提交一次会被拒绝。',
    reads: '每个组织一个 channel-artifacts/{channel}-{mspId}-anchors.tx',
    writes: '{channel} 上每个组织一个区块',
    aliases: ['锚节点'],
  },
  smoke: {
    title: '证明',
    text: '安装并实例化一个所有 peer 都没见过名字的链码，改一个值，再在每个 peer 上读回来。Docker 引擎的事件说明是哪个 ccenv 编译的，镜像的层说明它建立在什么之上：下面的输出里，运行时镜像的列表应当是另一个列表的开头。',
    reads: '{askedBuilder}、{askedRuntime}',
    writes: '{project} 的链码镜像和容器',
    aliases: ['冒烟测试', '证明'],
  },
} as const satisfies Readonly<Record<string, TopicText>>;
