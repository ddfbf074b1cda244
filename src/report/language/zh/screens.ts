/** The screens of a run and of the network, in Simplified Chinese. */
import type { screens as english } from '../en/screens.ts';

export const screens: Readonly<Record<keyof typeof english, string>> = {
  'key.start': '运行',
  'key.next': '下一步',
  'key.back': '返回',
  'key.help': '解释',
  'key.quit': '退出',
  'key.cancel': '取消',
  'run.title': '运行',
  'app.loading': '正在查看源码和 Docker 引擎',
};
