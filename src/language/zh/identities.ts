/** Fabric CA and its identities: what is wrong and how to correct it, in Simplified Chinese. */
import type { identities as english } from '../en/identities.ts';

export const identities: Readonly<Record<keyof typeof english, string>> = {
  'issue.ca-in-swarm': '不能用于 Swarm：CA 只能在一个引擎上运行',
  'suggest.no-ca': '使用 --no-ca，或不使用 --swarm',
  'fix.ca': '请填 `true` 或 `false`',
  'fix.caSource': '请填路径、标签（如 v1.5.15）或 `auto`',
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
  'usage.no-identity': '{org} 在此没有身份 {name}。已登记：{names}。',
  'usage.ca-keys-lost':
    '签发证书需要该组织 CA 的密钥，但以下密钥已丢失：{paths}。没有做任何更改。如果有备份，请把它复制到这些路径。',
};
