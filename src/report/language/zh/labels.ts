/** All labels in Simplified Chinese: the phrases of the pipeline and the texts of commands and screens. */

import { phrases } from '../../../language/zh/phrases.ts';
import type { Labels } from '../labels.ts';

import { blocks } from './blocks.ts';

import { bundle } from './bundle.ts';

import { chaincodes } from './chaincodes.ts';
import { failures } from './failures.ts';
import { lines } from './lines.ts';
import { nodes } from './nodes.ts';
import { resolve } from './resolve.ts';
import { screens } from './screens.ts';
import { starting } from './starting.ts';
import { wizard } from './wizard.ts';

export const labels: Labels = {
  ...phrases,
  ...blocks,
  ...bundle,
  ...chaincodes,
  ...failures,
  ...lines,
  ...nodes,
  ...resolve,
  ...screens,
  ...starting,
  ...wizard,
  'explain.heading': '{topic}：{title}',
  'explain.reads': '读取',
  'explain.writes': '写入',
  'explain.commands': '命令',
  'explain.stage-commands': '等效的命令（来自这个阶段的上一次运行）',
  'explain.see': '另见',
  'explain.usage': 'fabric-wizard explain 主题：阶段、镜像、目录、编译参数、变量或术语',
  'explain.here': '这个目录',
  'explain.no-value': '无',
  'explain.own-run': '取自已有的运行（{dir}）：Fabric {version}。',
  'explain.own-practice': '取自已有的运行（{dir}）：练习源码，不是 Fabric。',
  'explain.took': '在本机约需 {seconds} 秒。',
  'explain.not-built': '示例值：还没有构建过（{dir}）。',
  'explain.no-network': '示例名称：还没有网络（{dir}）。',
  'group.build-stages': '构建阶段',
  'group.network-stages': '网络阶段',
  'group.images': '镜像',
  'group.folders': '目录',
  'group.ldflags': '链接参数',
  'group.variables': '配置',
  'group.words': 'Fabric 与链码术语',
};
