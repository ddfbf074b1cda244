/** Fabric CA and its identities: what is wrong and how to correct it, in Simplified Chinese. */
import type { identities as english } from '../en/identities.ts';

export const identities: Readonly<Record<keyof typeof english, string>> = {
  'issue.ca-in-swarm': '不能用于 Swarm：CA 只能在一个引擎上运行',
  'suggest.no-ca': '使用 --no-ca，或不使用 --swarm',
  'fix.ca': '请填 `true` 或 `false`',
  'fix.caSource': '请填路径、标签（如 v1.5.15）或 `auto`',
  'fix.identities': '请填 `cryptogen` 或 `ca`',
  'issue.identities-need-ca': '与 `identities: ca` 矛盾，后者需要 CA',
  'suggest.identities-need-ca': '去掉这一项，或使用 --identities cryptogen',
  'suggest.cryptogen': '使用 --identities cryptogen --no-ca，或不使用 --swarm',
  'usage.ca-absent': '没有文件夹 {path}，其中应有 Fabric CA 的源码。',
  'usage.ca-incomplete': '{path} 不是完整的 Fabric CA 源码：缺少 {files}。',
  'usage.ca-other': '{path} 不是 Fabric CA 的源码：其 Makefile 没有这样说明，或没有写明版本。',
  'usage.ca-link': '{path} 中的链接 {link} 指向源码之外的 {target}。',
  'usage.ca-not-cloned': '无法从 {url} 获取 Fabric CA {tag}：{detail}。',
  'usage.ca-elsewhere': '带有 CA 的网络需要本机上的引擎。',
  'usage.crl-release': 'Fabric {release} 的工具不能更改通道的配置。',
  'usage.no-ca': '此网络没有 CA。',
  'usage.no-identity-name': '此命令需要一个身份的名称。',
  'usage.identity-name': '{name} 不能作为身份的名称：请用字母、数字、`.`、`_`、`@` 和 `-`，最多 64 个字符。',
  'usage.identity-reserved': '{name} 是网络中已有身份的名称。不可用：{names}。',
  'usage.identity-type': '没有类型 {type}。类型：{types}。',
  'usage.identity-attribute':
    '{attribute} 不是属性：请写成 NAME=VALUE 或 NAME=VALUE:ecert，NAME 不能以 `hf.` 开头。',
  'usage.no-identity-secret': '不知道 {name} 的口令：它不是在此文件夹里为 {org} 注册的。',
  'usage.ca-login': '{ca} 拒绝登记 {name}：它不认识此名称，或口令不对，或此身份已被吊销。',
  'usage.ca-admin-login': '{ca} 拒绝其管理员：此文件夹里的口令与 CA 数据库里的不同。',
  'usage.ca-admin-damaged': '{path} 已损坏。只有它存有 CA 管理员的口令。请从备份或快照恢复此文件。',
  'usage.identity-known': '{ca} 已有身份 {name}。',
  'usage.identity-unknown': '{ca} 没有身份 {name}。',
  'usage.identity-damaged':
    '{path} 已损坏。其中记录了 {name} 的口令，以及它是否已在此吊销。CA 和证书不受影响。请删除此文件，再用口令重新登记 {name}。',
  'usage.identity-affiliation':
    '{affiliation} 不是从属关系：请用字母、数字、`_` 和 `-`，各级之间用点，如 org1.sales。',
  'usage.identity-reason': 'Fabric CA 没有原因 {reason}。原因：{reasons}。',
  'usage.identity-acting': '本程序的命令以 {name} 的身份执行，所以不能吊销它。',
  'usage.no-identity': '{org} 在此没有身份 {name}。已登记：{names}。',
  'usage.ca-keys-lost':
    '签发证书需要该组织 CA 的密钥，但以下密钥已丢失：{paths}。没有做任何更改。如果有备份，请把它复制到这些路径。',
};
