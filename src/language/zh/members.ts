/** Organisations and channels of a configuration that cannot be made, in Simplified Chinese. */
import type { members as english } from '../en/members.ts';

export const members: Readonly<Record<keyof typeof english, string>> = {
  'wrong.entries':
    '不是列表：各项之间用逗号分隔，一项中的值用空格分隔，格式为“键=值”；值中有空格时请加双引号',
  'wrong.entry': '中的 {name} 有误：{field} {problem}',
  'wrong.entry-name': '含有空格、逗号、引号或等号',
  'wrong.org-name':
    '不是有效的组织名：以字母开头，由字母和数字组成，中间可用单个“-”，最多 30 个字符，且不能是 `orderers`',
  'wrong.org-domain': '不是有效的域名：只能用小写字母、数字、“-”和“.”，最多 {most} 个字符',
  'wrong.org-msp': '不是有效的 MSP 标识：由字母和数字组成，中间可用单个“.”或“-”，最多 64 个字符',
  'wrong.org-key': '不是已知的键；组织可用的键：{keys}',
  'wrong.org-same': '与 {other} 的相同；不区分大小写',
  'wrong.org-orderers': '是排序节点的（{domain}，{msp}），因为没有组织拥有自己的排序节点',
  'wrong.org-empty': '使该组织没有任何节点：既没有 peer，也没有排序节点',
  'wrong.org-many-orderers': '使排序节点总数超过 {most} 个',
  'wrong.org-no-peers': '使网络没有任何 peer',
  'wrong.channel-policy': '不是通道可以自定的策略；可用的有：{policies}',
  'wrong.policy-rule': "既不是 `ANY Admins` 这样的规则，也不是 OR('Org1MSP.member') 这样的表达式",
  'wrong.capability': '不是 V1_4_2 或 V2_0 这样的能力级别',
  'wrong.channel-key': '不是已知的键；通道可用的键：{keys}',
  'wrong.name-list': '不是名称列表，或有重复',
  'wrong.channel-org': '{name} 不是有 peer 的组织；有 peer 的组织：{orgs}',
  'wrong.channel-peer': '{name} 不是成员组织的 peer；例如有：{peers}',
  'wrong.channel-no-peer': '{org} 是成员，但它没有 peer 加入该通道',
  'issue.both-given': '与 {other} 同时给出，两者说的是同一件事',
  'issue.own-orderers': '不起作用，因为各组织共有 {count} 个自己的排序节点',
  'issue.channel-member': '{channel}：{problem}',
  'shape.no-org-orderers': 'Fabric {release} 不能给有 peer 的组织加排序节点；从 1.1 起才能',
  'shape.no-policies': 'Fabric {release} 的通道在 configtx.yaml 中没有策略；从 1.2 起才有',
  'shape.no-lifecycle-policy': 'Fabric {release} 的通道没有策略 {policy}；从 2.0 起才有',
  'shape.no-capabilities': 'Fabric {release} 的通道没有能力级别；从 1.1 起才有',
  'suggest.one-of': '请删除 {one} 或 {other}',
  'suggest.own-orderers': '请删除它，或从各组织中删除 `orderers`',
  'fix.organisations':
    '请写成键值表的列表，键为 name、peers、orderers、domain、msp；用作选项时：“Acme peers=2 domain=acme.com, Globex”',
  'fix.channels':
    '请写成键值表的列表，键为 name、organisations、peers、capability、policies；用作选项时：“trade, audit organisations=Acme+Globex”',
};
