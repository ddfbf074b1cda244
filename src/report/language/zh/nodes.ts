/** Texts about single nodes in Simplified Chinese. */
import type { nodes as english } from '../en/nodes.ts';

export const nodes: Readonly<Record<keyof typeof english, string>> = {
  'node.did-start': '{node} 已启动',
  'node.did-stop': '{node} 已停止',
  'node.did-restart': '{node} 已重启',
  'node.did-pause': '{node} 已暂停',
  'node.did-unpause': '{node} 已继续运行',
  'shell.opened': '{node} 里的 shell；用 exit 或 Ctrl-D 结束',
  'shell.opened-admin': 'CLI 容器里的 shell，身份是 {node} 所属组织的管理员；用 exit 或 Ctrl-D 结束',
  'fact.address': '本机地址',
  'fact.addressInNetwork': '网络内地址',
  'fact.mspId': 'MSP id',
  'fact.adminMsp': '管理员的 MSP',
  'fact.tlsCa': 'TLS 根证书',
  'fact.tlsCertificate': 'TLS 证书',
  'fact.tlsKey': 'TLS 私钥',
  'fact.operations': '运维接口',
  'fact.events': '事件接口',
  'fact.admin': '通道参与接口',
  'fact.adminTls': '管理员的 TLS 文件',
  'fact.couchdb': 'CouchDB',
  'fact.image': '镜像',
  'fact.imageId': '镜像 id',
  'fact.container': '容器',
  'fact.containerId': '容器 id',
};
