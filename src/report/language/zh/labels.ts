/** Our own words in Simplified Chinese. */

import { phrases } from '../../../language/zh/phrases.ts';
import type { Labels } from '../labels.ts';
import { failures } from './failures.ts';
import { lines } from './lines.ts';
import { resolve } from './resolve.ts';
import { screens } from './screens.ts';
import { wizard } from './wizard.ts';

export const labels: Labels = {
  ...phrases,
  ...failures,
  ...lines,
  ...resolve,
  ...screens,
  ...wizard,
  'explain.heading': '{topic}：{title}',
  'explain.reads': '读取',
  'explain.writes': '写入',
  'explain.by-hand': '手工命令',
  'explain.see': '另见',
  'explain.usage': 'fabric-wizard explain 主题：阶段、镜像、目录、编译参数、变量或术语',
  'explain.here': '这个目录',
  'explain.own-run': '取自你的运行（{dir}）：Fabric {version}。',
  'explain.own-practice': '取自你的运行（{dir}）：练习源码，并非 Fabric。',
  'explain.took': '在这里约需 {seconds} 秒。',
  'explain.not-built': '示例：还没有构建过任何东西（{dir}）。',
  'explain.no-network': '示例：还没有创建过网络（{dir}）。',
  'group.build-stages': '构建阶段',
  'group.network-stages': '网络阶段',
  'group.images': '镜像',
  'group.folders': '目录',
  'group.ldflags': '编译进程序的值',
  'group.variables': '配置',
  'group.words': 'Fabric 术语与链码的一生',
};
