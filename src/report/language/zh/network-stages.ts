/** Topics of the network stages, in Simplified Chinese. */
import type { TopicText } from '../topic-text.ts';

export const networkStages = {
  couchdb: {
    title: '每个 peer 旁边的状态数据库',
    text: 'peer 把区块存放在文件里。由区块得出的状态存放在 peer 内的 LevelDB 里；用 --couchdb 时，存放在 peer 旁边的 CouchDB 里。用 CouchDB，链码可以按内容查询 JSON。这个阶段取得镜像；start 会等 CouchDB 就绪后再启动 peer。每个通道和链码都有自己的数据库，可以在本机用“admin”读取，但不要写入。换一种数据库需要新的网络。',
    reads: '一个镜像：这个版本支持的、本地已有的第一个，或 --couchdb-image',
    writes: '每个 peer 一个容器 couchdb0、couchdb1……及其卷',
  },
  crypto: {
    title: '生成证书和私钥',
    text: 'Fabric 里的每个操作都需要身份。cryptogen 为每个组织生成一个 CA，为每个节点和用户生成证书和私钥，另有一套用于 TLS。一个成员的文件放在一个目录里，就是它的 MSP。这只用于开发：真实的组织会运行自己的 CA。换了证书就是新的网络，所以账本也用新的卷。',
    reads: '.fabric-wizard/network/crypto-config.yaml、{toolsImage}',
    writes: '.fabric-wizard/network/crypto-config/',
    aliases: ['证书', '私钥', '加密材料'],
  },
  artifacts: {
    title: '创世区块和通道配置',
    text: '创世区块是 {systemChannel} 的第 0 块：orderer 由此知道有哪些组织、怎样排序。{channel}.tx 用来申请创建通道，每个 -anchors.tx 指明一个组织的锚节点。configtxgen 根据 configtx.yaml 里的配置和证书生成它们。',
    reads: '.fabric-wizard/network/configtx.yaml、crypto-config/',
    writes: '.fabric-wizard/network/channel-artifacts/',
    aliases: ['创世区块', '创世块', '初始区块'],
  },
  metrics: {
    title: '读取节点指标的 Prometheus',
    text: '使用 --metrics 时，peer 和 orderer 会统计区块、交易和耗时，并在运维接口上提供这些数字。网络里的 Prometheus 每五秒读取一次。这个阶段准备它的镜像：优先用本机的 prom/prometheus，其次拉取，最后用 Debian 的软件包构建。如果都没有，网络照常启动，只是没有 Prometheus。',
    reads: '引擎，然后是镜像仓库，最后是 apt 软件源',
    writes: 'fabric-wizard/prometheus、.fabric-wizard/network/metrics/',
    aliases: ['指标', '监控'],
  },
  compose: {
    title: '网络的 compose 文件',
    text: '文件写明每个节点的镜像、CORE_ 或 ORDERER_ 变量、挂载的目录和发布的端口（只在 127.0.0.1 上）。节点的全部设置都在这个文件里。不用 fabric-wizard 也可以使用它。',
    reads: '配置、crypto-config/',
    writes: '.fabric-wizard/network/docker-compose.yaml 和 .env',
  },
  start: {
    title: '启动容器',
    text: 'compose 创建缺少的容器，重建有变化的容器。换了镜像的节点是新的容器；账本在卷里，会保留。启动之前必须有证书和创世区块。如果挂载源不存在，Docker 会创建一个同名的空目录，节点随即退出。',
    reads: '.fabric-wizard/network/docker-compose.yaml',
    writes: '{project} 的容器、卷和网络',
    aliases: ['启动', '容器'],
  },
  ready: {
    title: '等待节点就绪',
    text: '容器在运行，不等于节点能响应；端口打开也不等于：peer 还没监听，Docker 就已打开端口。所以这个阶段反复尝试 TLS 握手，直到成功。如果始终不成功，就显示该节点日志的最后几行。所有步骤都不做固定时长的等待。',
    reads: '每个发布的端口',
    writes: '无',
    aliases: ['就绪'],
  },
  channel: {
    title: '若干组织共享的账本',
    text: '通道有自己的成员，不在其中的组织什么也看不到。orderer 为每个通道维护一条区块链。创建通道时，管理员把 {channel}.tx 发给 orderer，orderer 返回第 0 块。这个阶段先查询第 0 块：如果它存在，通道就已存在。',
    reads: 'channel-artifacts/{channel}.tx',
    writes: '{orderer} 上 {channel} 的第 0 块',
    aliases: ['通道', '创建通道', '频道'],
  },
  join: {
    title: '让 peer 加入通道',
    text: 'peer 收到第 0 块就加入通道：建立账本，取得后续区块，检查并写入。只有本组织的管理员才能让它加入。如果 peer 已经加入，它会报告账本已经存在。',
    reads: '{channel} 的第 0 块',
    writes: '{peers} 个 peer 上各一份账本',
    aliases: ['加入', '加入通道'],
  },
  anchors: {
    title: '别的组织怎样找到我们的 peer',
    text: '同一组织的 peer 靠 gossip 互相发现。要找到别的组织的 peer，需要知道那里的一个地址，这就是锚节点。锚节点是通道配置的一部分。设置它就是一次配置更新，orderer 会为此产生一个区块。同样的更新如果再次提交，orderer 会拒绝。',
    reads: '每个组织一个 channel-artifacts/{channel}-{mspId}-anchors.tx',
    writes: '{channel} 上每个组织一个区块',
    aliases: ['锚节点'],
  },
  smoke: {
    title: '证明链码找得到它的镜像',
    text: '安装并实例化一个使用新名字的链码，改一个值，再在每个 peer 上读回来。Docker 引擎的事件说明是哪个 ccenv 编译的。镜像的层说明它的基础：运行时镜像的各层必须是链码镜像最前面的几层。',
    reads: '{requiredBuilder}、{requiredRuntime}',
    writes: '{project} 的链码镜像和容器',
    aliases: ['冒烟测试', '证明'],
  },
  deploy: {
    title: '部署用户的链码',
    text: 'fabric-wizard.yaml 中的链码会部署到各个通道。链码的版本包含其文件和定义的摘要，因此从通道本身就能看出是否有变化。有变化的链码会安装到每个 peer，并成为下一个版本或序号；账本保持不变。如果没有变化，则什么也不做。',
    reads: '链码的文件夹，通道中的定义',
    writes: 'peer 上的链码包，通道中的定义，{project} 的链码镜像和容器',
  },
} as const satisfies Readonly<Record<string, TopicText>>;
