/** Texts about blocks in Simplified Chinese. */
import type { blocks as english } from '../en/blocks.ts';

export const blocks: Readonly<Record<keyof typeof english, string>> = {
  'blocks.title': '区块 {channel}',
  'blocks.reading': '正在读取区块',
  'blocks.none': '没有区块',
  'block.title': '{channel} 的区块 {number}',
  'block.number': '区块',
  'block.time': '时间',
  'block.type': '类型',
  'block.chaincode': '链码',
  'block.function': '函数',
  'block.code': '验证结果',
  'block.call': '调用',
  'block.config': '配置',
  'block.valid': '有效',
  'block.no-code': '无',
  'block.id': '交易',
  'block.characters': '（共 {count} 个字符）',
  'key.blocks': '区块',
  'key.block': '查看区块',
  'key.next-channel': '下一个通道',
};
