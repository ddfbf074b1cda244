/** What `diagnose` writes and prints, in Simplified Chinese. */
import type { bundle as english } from '../en/bundle.ts';

export const bundle: Readonly<Record<keyof typeof english, string>> = {
  'bundle.gathering': '正在收集版本、计划、事件、日志和检查结果',
  'bundle.versions': '程序和系统的版本，环境变量的名字',
  'bundle.engine': 'Docker 引擎的版本和设置',
  'bundle.config': '各项选择和来源',
  'bundle.state': '以前各次运行的结果',
  'bundle.network': '网络：compose 文件，cryptogen 和 configtxgen 的输入',
  'bundle.events': '最近几次运行的事件、命令和日志',
  'bundle.files': '.fabric-wizard 里的文件名',
  'bundle.containers': '各节点的状态',
  'bundle.logs': '日志的最后几行',
  'bundle.doctor': '对这台机器的检查',
  'bundle.resolve': 'peer 会请求的镜像',
  'bundle.plan': '`up` 会做什么',
  'bundle.missing': '没有收集到的内容和原因',
  'bundle.not-gathered': '没有收集到：{part}（{reason}）',
  'bundle.left-out':
    '不含：私钥和证书、密码、机密变量的值、镜像仓库的登录信息。主目录、用户名和主机名已被替换。公开之前请先看一遍这些文件。',
  'bundle.written': '已写入 {path}',
};
