/** What the commands that begin a project refuse, in Simplified Chinese. */
import type { starting as english } from '../en/starting.ts';

export const starting: Readonly<Record<keyof typeof english, string>> = {
  'usage.init-option': '--{option} 没有“{value}”这个值。可选：{values}。',
  'usage.init-source':
    '“{source}”既不是 Fabric 源码目录，也不是受支持版本的标签，因此无法确定项目面向哪个 Fabric。',
  'usage.init-language': '这个源码的 peer 不能构建 {language} 链码（Fabric {release}：{languages}）。',
  'usage.init-service': '练习源码没有链码即服务。请使用 Fabric 源码。',
  'usage.init-exists': '{dir} 中已经有：{paths}。没有写入任何文件。',
  'usage.import-unreadable': '无法读取 {file}：{code}。',
  'usage.import-no-text': '{file} 不是 UTF-8 文本，因此不是配置文件。',
  'usage.import-configtx': '{file} 没有说明网络有哪些节点。请同时给出 crypto-config.yaml。',
  'usage.import-unknown':
    '{file} 既不是 Fablo 的配置（键 `global` 和 `orgs`），也不是 crypto-config.yaml（`PeerOrgs`）或 configtx.yaml（`Profiles`）。',
  'usage.import-together':
    '{files} 不能一起导入：请给出一个 Fablo 配置，或者 crypto-config.yaml（可以带上 configtx.yaml）。',
  'import.unknown': '未知的键，已忽略',
  'import.release': '不支持 Fabric {version}（支持 {known}）。请用 `source` 指定源码目录或标签',
  'import.dev-mode':
    '已忽略：如需立即看到每次修改，请把链码作为服务运行（`service: true`、`fabric-wizard chaincode deploy --watch`）',
  'import.kubernetes': '已忽略：节点在 Docker 中运行，也可以在 Swarm 的多台机器上运行（`swarm: true`）',
  'import.images': '已忽略：镜像从源码构建，名称由 `docker-ns` 决定',
  'import.log-level':
    '已忽略：请在 compose 文件中设置节点的 FABRIC_LOGGING_SPEC，或使用 `fabric-wizard logs --level`',
  'import.tool': '已忽略：`fabric-wizard connect` 会写出这类程序需要的文件，`fabric-wizard blocks` 列出交易',
  'import.ca': '已忽略。`ca: true` 会给每个组织一个 CA，这需要 fabric-ca 的源码',
  'import.node-names': '已忽略：节点名为 peer0、peer1、…… 和 orderer、orderer2、……',
  'import.anchors': '已忽略：每个组织的第一个 peer 是锚节点',
  'import.groups': '已忽略：一个网络只有一个排序服务，包含所有 orderer',
  'import.type': '已忽略：一个网络只有一种共识类型，即 solo、raft 或 BFT',
  'import.couchdb': '改为 CouchDB：一个网络的所有 peer 使用同一种状态数据库',
  'import.channel-name': '改为 {name}：Fabric 只允许小写字母、数字、“-”和“.”',
  'import.no-member': '已忽略：没有这个带 peer 的组织',
  'import.init': '已忽略：不是带有列表 `Args` 的 JSON。请把参数写成列表（`init`）',
  'import.init-not-called':
    '已忽略：只有 `initRequired` 为 true 时 Fabric 才调用 `Init`。如需调用，请添加 `init`',
  'import.version': '已忽略：链码的版本由它的文件决定',
  'import.private-data': '已忽略：请按 Fabric 的格式把私有数据集合写入 JSON 文件，并用 `collections` 指定',
  'import.service':
    '已忽略：请用 `path` 指定源码并设置 `service: true`，或用 `service: HOST:PORT` 连接自己的进程',
  'import.no-folder': '已忽略：没有源码目录。请在 `chaincodes` 中用 `path` 或 `service: HOST:PORT` 添加它',
  'import.folder-missing': '已忽略：{path} 不是目录。目录存在后，请在 `chaincodes` 中添加这个链码',
  'import.language': '已忽略：语言由目录中的文件决定',
  'import.needs-tls': '改为 true：这种共识类型需要 TLS',
  'import.post-start': '改为 `after-start`，在 fabric-wizard.yaml 所在的目录中执行，其中的路径可能需要修改',
  'import.post-generate':
    '已忽略：网络的文件不能在生成后修改。`hooks` 有 after-start、after-proof 和 before-down',
  'import.certificates': '已忽略：证书包含节点名、`localhost` 和 127.0.0.1',
  'import.node-ous': '已忽略：证书是否带有节点 OU 由版本决定',
  'import.users': '已忽略：每个组织有 Admin 和 User1',
  'import.policies': '已忽略：使用版本的默认值。`channels` 可以有 `policies` 和 `capability`',
  'import.batches': '已忽略：使用源码的默认值（sampleconfig/configtx.yaml）',
  'import.kafka': '已忽略：不支持 Kafka，使用版本的共识类型',
  'import.profile': '没有通道名：请用 `channel` 或 `channels` 指定，默认是 `mychannel`',
};
