/** The chaincodes of the network: deploy, invoke, query, logs and removal, with the answers to calls. */
import { useEffect, useMemo, useState } from 'react';
import { isContainerOf } from '../pipeline/chaincode/chaincode-version.ts';
import type { NetworkState } from '../pipeline/network/network-state.ts';
import { minBodyRows } from '../ui/frame-size.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { type Size, useSize, useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { type ChaincodeEntry, chaincodeEntries, changedChoices, entryKey } from './chaincode-entries.ts';
import { useChaincodePrompt } from './chaincode-prompt.ts';
import type { CallKind, ChaincodesState } from './chaincode-state.ts';
import {
  answerLines,
  answerRows,
  type ChaincodeViewOptions,
  chaincodeHead,
  chaincodeView,
} from './chaincode-view.ts';
import { absenceReason, engineReason, type Reason, unless, workReason } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

/** Changes when the list may have changed. */
function listMark(
  { nodes, chaincodes, lost }: NetworkState,
  { choices, changed }: Pick<ChaincodesState, 'choices' | 'changed'>,
): string {
  return JSON.stringify([
    ...[lost, choices, changed],
    nodes.map(({ node, state, answers }) => [node, state, answers]),
    chaincodes.map(({ container, running }) => [container, running]),
  ]);
}

/** Reads the list while the screen is open, and again when something has changed. */
function useList(network: NetworkState, state: ChaincodesState): void {
  const app = useApp();
  const mark = listMark(network, state);
  useEffect(() => {
    app.observeNetwork();
    return () => app.chaincodes.close();
  }, [app]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark says when to read again
  useEffect(() => app.chaincodes.observe(), [app, mark]);
}

interface Chosen {
  readonly entry: ChaincodeEntry | undefined;
  /** Why nothing can be done with the network. */
  readonly unusable: readonly Reason[];
}

function useDeployKeys(
  { entry, unusable }: Chosen,
  entries: readonly ChaincodeEntry[],
  openFolder: () => void,
): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const changed = changedChoices(entries);
  // Files that are as deployed may have changed since they were compared; the deployment compares them again.
  const reason = (): Reason => {
    if (!entry) return t('why.no-chaincode');
    return entry.choice ? undefined : t('why.no-folder', { name: entry.name });
  };
  return [
    {
      // Nothing else can be done with a chaincode that is not deployed.
      keys: entry?.files === 'not-deployed' ? ['enter', 'd'] : ['d'],
      label: t('key.deploy'),
      ...unless(...unusable, reason()),
      act: () => entry?.choice && app.chaincodes.deploy([entry.choice]),
    },
    {
      keys: ['a'],
      label: t('key.deploy-changed'),
      minor: true,
      ...unless(...unusable, changed.length > 0 ? undefined : t('why.no-changes')),
      act: () => app.chaincodes.deploy(changed),
    },
    { keys: ['f'], label: t('key.deploy-folder'), ...unless(...unusable), act: openFolder },
  ];
}

function useEntryKeys(
  { entry, unusable }: Chosen,
  state: ChaincodesState,
  openCall: (kind: CallKind) => void,
): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const { push } = useNavigation();
  const containers = useAppState((all) => all.network.chaincodes);
  const { name = '', channel = '' } = entry ?? {};
  const missing = entry ? undefined : t('why.no-chaincode');
  const undeployed = entry?.row ? undefined : t('why.not-deployed', { name, channel });
  const isStarted = containers.some((each) => isContainerOf(each.chaincode, name));
  const callable = unless(...unusable, missing, undeployed, state.calling ? t('why.calling') : undefined);
  return [
    { keys: ['enter'], label: t('key.query'), ...callable, act: () => openCall('query') },
    { keys: ['i'], label: t('key.invoke'), ...callable, act: () => openCall('invoke') },
    {
      keys: ['l'],
      label: t('key.logs'),
      ...unless(missing, undeployed, isStarted ? undefined : t('why.no-container', { name })),
      act: () => push({ id: 'logs', chaincode: name }),
    },
    {
      keys: ['x'],
      label: t('key.remove'),
      minor: true,
      ...unless(...unusable, missing, undeployed),
      act: () => app.chaincodes.askRemoval(name),
    },
  ];
}

/** Draws the screen, and scrolls through the answers; a new answer is in view. */
function useView(state: ChaincodesState, shown: Pick<ChaincodeViewOptions, 'entries' | 'chosen' | 'field'>) {
  const theme = useTheme();
  const size = useSize();
  const { columns } = size;
  const { answers } = state;
  const nodes = useAppState((all) => all.network.nodes);
  const lines = useMemo(() => answerLines(answers, theme, columns), [answers, theme, columns]);
  const [position, setPosition] = useState({ of: answers, above: 0 });
  const above = position.of === answers ? position.above : 0;
  const peers = nodes.filter(({ role }) => role === 'peer').length;
  const optionsFor = (rows: number) => ({ ...shown, columns, rows, theme, peers, answers: lines, above });
  const rows = minBodyRows(size);
  const room = Math.max(1, answerRows(chaincodeHead(state, optionsFor(rows)), rows));
  const most = Math.max(0, lines.length - room);
  const binding: Binding = {
    keys: ['pagedown', 'pageup'],
    label: theme.t('key.answers'),
    minor: true,
    ...unless(most > 0 ? undefined : theme.t('why.all-shown')),
    act: ({ name }) =>
      setPosition({ of: answers, above: moved(above, name, most + 1, Math.max(1, room - 1)) }),
  };
  return { binding, view: (body: Size) => chaincodeView(state, optionsFor(body.rows)) };
}

export function ChaincodeScreen() {
  const theme = useTheme();
  const { t } = theme;
  const { columns } = useSize();
  const app = useApp();
  const { back, help } = useNavigation();
  const state = useAppState((all) => all.chaincodes);
  const network = useAppState((all) => all.network);
  const work = useAppState((all) => all.work);
  useList(network, state);

  const entries = chaincodeEntries(state);
  const chosen = Math.max(
    0,
    entries.findIndex((entry) => entryKey(entry) === state.selected),
  );
  const entry = entries[chosen];
  const select = (index: number) => {
    const next = entries[index];
    if (!next) return;
    app.store.updateNow((all) => ({ ...all, chaincodes: { ...all.chaincodes, selected: entryKey(next) } }));
  };
  const { call, deployFolder, cancelCall } = app.chaincodes;
  const prompt = useChaincodePrompt(state.history, { onCall: call, onFolder: deployFolder });
  const { binding: scroll, view } = useView(state, { entries, chosen, field: prompt.shown(columns) });
  const current: Chosen = {
    entry,
    unusable: [absenceReason(network, theme), engineReason(network, theme), workReason(work, theme)],
  };
  const openCall = (kind: CallKind) =>
    entry && prompt.open({ kind, name: entry.name, channel: entry.channel });
  const entryKeys = useEntryKeys(current, state, openCall);
  const deployKeys = useDeployKeys(current, entries, () => prompt.open({ kind: 'folder' }));
  const bindings: readonly Binding[] = [
    ...(entry?.files === 'not-deployed' ? [...deployKeys, ...entryKeys] : [...entryKeys, ...deployKeys]),
    {
      keys: MOVING_KEYS.filter((key) => !key.startsWith('page')),
      listed: t('key.move'),
      act: ({ name }) => select(moved(chosen, name, entries.length, entries.length)),
    },
    scroll,
    {
      keys: ['escape'],
      label: t(state.calling ? 'key.cancel-call' : 'key.back'),
      act: () => (state.calling ? cancelCall() : back()),
    },
    { keys: ['?'], label: t('key.help'), act: () => help('deploy') },
  ];
  return (
    <AppFrame
      title={t('chaincodes.title')}
      bindings={prompt.isOpen ? [...prompt.bindings, scroll] : bindings}
      onText={prompt.isOpen ? prompt.onText : undefined}
    >
      {(body) => <Lines lines={view(body)} />}
    </AppFrame>
  );
}
