/** Output of the commands that begin a project, in Simplified Chinese. */
import type { starting as english } from '../en/starting.ts';

export const starting: Readonly<Record<keyof typeof english, string>> = {
  'init.written': '{dir} 中的 {count} 个文件，面向 Fabric {release}：',
  'init.would-write': '将向 {dir} 写入 {count} 个文件，面向 Fabric {release}：',
  'init.client': '客户端使用 {package}，这是适用于 Fabric {release} 的包。',
  'init.no-client': '没有客户端：项目不需要，或者它的网络不是 Fabric 网络。',
  'import.written': '已写入 {path}',
  'import.complete': '全部内容都已导入。',
  'import.notes': '{count} 个键没有原样导入：',
  'import.note': '{key}（{where}）{what}',
  'down.without-hooks': '已停止，但没有运行 before-down 的命令：fabric-wizard.yaml 无效。',
  'topology.title': '网络 {project}',
  'topology.channel': '通道 {name}',
  'topology.chaincode': '链码 {chaincode}',
  'topology.shared': '网络',
};
