/** One node: its state, the facts about it, the keys that copy them, and the actions on the node. */
import { useState } from 'react';
import type { NodeFact, NodeFactKey } from '../pipeline/network/node-facts.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import type { Route } from './navigation.ts';
import { useNodeActions } from './node-keys.ts';
import { shortNode } from './node-label.ts';
import { nodeView } from './node-view.ts';
import { absenceReason, engineReason, notRunningReason, unless, workReason } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

export function NodeScreen({ node: name, facts }: Extract<Route, { id: 'node' }>) {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const { back, push, help } = useNavigation();
  const network = useAppState((state) => state.network);
  const actions = useAppState((state) => state.nodeActions);
  const work = useAppState((state) => state.work);
  const selected = useAppState((state) => state.selectedFact);
  const [copied, setCopied] = useState<NodeFactKey>();
  const node = network.nodes.find((each) => each.node === name);
  const isSelected = ({ key }: NodeFact) => selected?.node === name && selected.key === key;
  const chosen = Math.max(0, facts.findIndex(isSelected));
  const fact = facts[chosen];
  const select = (index: number) => {
    const { key } = facts[index] ?? {};
    if (key) app.store.updateNow((state) => ({ ...state, selectedFact: { node: name, key } }));
  };
  const unusable = absenceReason(network, theme) ?? engineReason(network, theme);
  const bindings = [
    {
      keys: ['c', 'enter'],
      label: t('key.copy'),
      ...unless(fact ? undefined : t('why.no-facts')),
      act: () => {
        if (!fact) return;
        app.copy(fact.value);
        setCopied(fact.key);
      },
    },
    ...useNodeActions(node, { unusable, work: workReason(work, theme), minor: false }),
    {
      keys: ['E'],
      label: t('key.admin-shell'),
      ...unless(
        unusable,
        node?.role === 'peer' ? notRunningReason(node, theme) : t('why.no-peer', { node: shortNode(name) }),
      ),
      act: () => app.openShell(name, 'admin'),
    },
    { keys: ['l'], label: t('key.logs'), minor: true, act: () => push({ id: 'logs', node: name }) },
    {
      keys: MOVING_KEYS,
      listed: t('key.move'),
      act: ({ name: key }: { readonly name: string }) => {
        setCopied(undefined);
        select(moved(chosen, key, facts.length, facts.length));
      },
    },
    { keys: ['escape'], label: t('key.back'), act: back },
    { keys: ['?'], label: t('key.help'), act: () => help(node?.role) },
  ];
  return (
    <AppFrame title={t('node.title', { node: shortNode(name) })} bindings={bindings}>
      {(body) => (
        <Lines
          lines={nodeView(facts, {
            ...body,
            theme,
            node,
            action: actions[name],
            at: network.at,
            chosen,
            copied,
          })}
        />
      )}
    </AppFrame>
  );
}
