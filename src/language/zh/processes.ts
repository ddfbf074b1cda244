/** Processes of chaincode as a service, and calls that they do not answer, in Simplified Chinese. */
import type { processes as english } from '../en/processes.ts';

export const processes: Readonly<Record<keyof typeof english, string>> = {
  'chaincode.port-in-use': '本机端口 {port} 已被{owner}占用，而 {name} 的进程需要在这个端口注册。',
  'chaincode.no-answer': '{name} 在 {seconds} 秒内没有应答。',
  'chaincode.no-answer-to-invoke': '{name} 在 {seconds} 秒内没有应答。交易仍可能被提交。',
};
