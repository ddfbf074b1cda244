/** The forms of the wizard, used through keys. */
import { describe, expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import type { Language } from '../../../../src/report/language/language.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { Overlay } from '../../../../src/screens/navigation.ts';
import type { Size } from '../../../../src/ui/theme.tsx';
import { coreYaml } from '../../../support/peers.ts';
import { type FakeOptions, fakeWizard, sourceAt } from '../../../support/questions.ts';
import { fakeApp, KEY, type Shown, SIZES, showScreen } from '../../../support/screen.tsx';

const CTRL_F = '\u0006';

interface Wizard extends Shown {
  /** Requested actions. */
  readonly calls: readonly string[];
  readonly wizardCalls: readonly string[];
  /** Id of the current screen. */
  readonly place: () => string | undefined;
  readonly overlay: () => Overlay | undefined;
}

async function show(
  id: 'build' | 'base' | 'network',
  options: FakeOptions & { readonly size?: Size; readonly language?: Language } = {},
): Promise<Wizard> {
  const { size, language, ...given } = options;
  const { wizard, calls: wizardCalls } = fakeWizard(given);
  const { app, calls } = fakeApp({ id }, {}, wizard);
  const shown = await showScreen(<CurrentScreen />, app, { size, language });
  const place = () => app.store.now().navigation.at(-1)?.id;
  const overlay = () => app.store.now().overlay;
  return { ...shown, place, overlay, calls, wizardCalls };
}

/** The row of a field, by its label. */
function row(shown: Shown, label: string): string {
  return shown.rows().find((line) => line.slice(2).startsWith(label)) ?? '';
}

/** Moves the cursor down to a row. */
async function to(shown: Shown, label: string): Promise<void> {
  for (let i = 0; i < 20 && !shown.text().includes(`› ${label}`); i += 1) await shown.press(KEY.down);
  expect(shown.text()).toContain(`› ${label}`);
}

async function unfold(shown: Shown): Promise<void> {
  await to(shown, 'more');
  await shown.press(KEY.right);
}

describe.each(SIZES)('a form at $columns x $rows', (size) => {
  it.each(['build', 'base', 'network'] as const)('fits in both languages: %s', async (id) => {
    for (const language of ['en', 'zh'] as const) {
      const shown = await show(id, { size, language, tags: ['hyperledger/fabric-ccenv:1.4'] });
      expect(shown.rows().length).toBe(size.rows - 1);
      expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
      // The first field has the cursor, and the footer is there.
      expect(shown.text()).toMatch(/› \S/);
      expect(shown.text()).toContain('Enter');
    }
  });

  it('shows the focused field and its issue', async () => {
    const shown = await show('network', { size });
    await unfold(shown);
    await to(shown, 'cores');
    await shown.press('0');
    expect(shown.text()).toContain('is out of range: 1 to 256');
  });

  it('shows both images, and how each is obtained', async () => {
    const shown = await show('build', { size });
    expect(shown.text()).toContain('hyperledger/fabric-ccenv:1.4');
    expect(shown.text()).toContain('hyperledger/fabric-baseos:amd64-0.4.22');
    expect(shown.text()).toContain('will be built');
    expect(shown.text()).toContain('will be pulled');
  });
});

describe('what has its default', () => {
  it('is folded into one row, with the ldflags that follow from it', async () => {
    const shown = await show('build', { size: { columns: 120, rows: 40 } });
    await to(shown, 'more');
    expect(shown.text()).toContain('7 settings with default values');
    expect(shown.text()).not.toContain('-X ');
    expect(shown.text()).toMatch(/ldflags\n +\d+ flags with default values/);
    await shown.press(KEY.right);
    expect(shown.text()).toContain('› base version');
    expect(shown.text()).not.toContain('with default values');
    expect(shown.text()).toContain('-X github.com/hyperledger/fabric/common/metadata.Version=1.4.12');
  });

  it('is folded in no other case', async () => {
    const found = { label: { text: 'x', origin: 'file' } };
    const answers = {
      found: { dockerLabel: found.label, goTags: found.label },
      typed: {},
      valid: {},
    } as const;
    const shown = await show('build', { answers } as FakeOptions);
    expect(row(shown, 'label')).toMatch(/x +file$/);
    expect(shown.text()).toContain('5 settings with default values');
    // It stays while the user edits it.
    await to(shown, 'label');
    await shown.press(KEY.backspace);
    expect(row(shown, 'label')).toMatch(/default$/);
  });
});

describe('Enter', () => {
  it('moves to the next field, and continues after the last one', async () => {
    const shown = await show('network');
    expect(shown.text()).toContain('Enter next');
    for (const label of ['organisations', 'peers per org', 'channel', 'first port', 'more']) {
      expect(shown.text()).toContain(`› ${label}`);
      expect(shown.place()).toBe('network');
      if (label === 'more') expect(shown.text()).toContain('Enter continue');
      await shown.press(KEY.enter);
    }
    expect(shown.place()).toBe('review');
  });
});

describe('a choice that the release does not have', () => {
  const at = (version: string) => ({
    core: coreYaml('2.5.12'),
    source: { kind: 'ready', choice: 'auto', source: sourceAt('/fabric', version), core: undefined } as const,
    size: { columns: 120, rows: 40 },
  });

  it('is not offered', async () => {
    const network = await show('network', at('2.5.12'));
    await unfold(network);
    expect(row(network, 'consensus')).toContain('etcdraft');
    expect(row(network, 'consensus')).not.toContain('BFT');
    const build = await show('build', at('2.5.12'));
    await unfold(build);
    expect(row(build, 'base version')).toBe('');
    expect(row(build, 'base namespace')).toBe('');
    expect(row(build, 'Dockerfiles')).toContain('upstream');
    const older = await show('build', { size: { columns: 120, rows: 40 } });
    await unfold(older);
    expect(row(older, 'Dockerfiles')).not.toContain('upstream');
    expect(row(older, 'base version')).toContain('0.4.22');
  });

  it('is shown with its issue if a file or a flag has it', async () => {
    const found = { consensus: { text: 'BFT', origin: 'file' } } as const;
    const shown = await show('network', { ...at('2.5.12'), answers: { found, typed: {}, valid: {} } });
    expect(shown.text()).toMatch(/› consensus .*\[BFT\]/);
    await shown.press(KEY.right);
    expect(row(shown, 'consensus')).not.toContain('[BFT]');
  });
});

describe('the build form', () => {
  it('updates linker flags and image names while the user types', async () => {
    const shown = await show('build', { size: { columns: 120, rows: 40 } });
    await unfold(shown);
    await to(shown, 'namespace');
    await shown.press('a', 'c', 'm', 'e');
    expect(row(shown, 'namespace')).toMatch(/acme +entered$/);
    expect(shown.text()).toContain('-X github.com/hyperledger/fabric/common/metadata.DockerNamespace=acme');
    expect(shown.text()).toMatch(/builder {2}acme\/fabric-ccenv:1\.4 +\+ will be built/);
    await shown.press(KEY.down, KEY.down, KEY.down, 'p', 'k', 'c', 's', '1', '1', KEY.down, KEY.left);
    expect(shown.text()).toContain('-tags "pkcs11"');
    expect(shown.text()).toContain("-extldflags '-static -lpthread'");
  });

  it('marks a present image, and shows why another cannot exist', async () => {
    const core = coreYaml('1.4.12', { runtime: '$(DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)' });
    const shown = await show('build', { core, tags: ['hyperledger/fabric-ccenv:1.4'] });
    expect(shown.text()).toMatch(/fabric-ccenv:1\.4 +✓ present/);
    expect(shown.text()).toMatch(/fabric-yxbaseos:amd64-0\.4\.22 +✗ missing/);
    expect(shown.text()).toContain('chaincode.golang.runtime in core.yaml is');
  });

  it('takes the first line of a pasted text, without control characters', async () => {
    const shown = await show('build');
    await shown.press(KEY.down, ' acme/team\nsecond line', KEY.down);
    expect(row(shown, 'namespace')).toMatch(/ acme\/team +entered$/);
    expect(shown.text()).toContain('acme/team/fabric-ccenv:1.4');
  });

  it('does not go on with an invalid value, and moves to it', async () => {
    const shown = await show('build');
    await shown.press(KEY.down, 'A', KEY.enter);
    expect(shown.text()).toMatch(/› namespace/);
    await shown.press(KEY.down, KEY.enter);
    expect(shown.place()).toBe('build');
    expect(shown.text()).toContain('"A" is not a valid namespace of an image reference; use lowercase');
    expect(shown.text()).toMatch(/› namespace/);
    // The preview is that of the last valid value.
    expect(shown.text()).toContain('With the last valid settings the peer asks for');
    expect(shown.text()).toContain('hyperledger/fabric-ccenv:1.4');
    await shown.press(KEY.backspace, KEY.enter, KEY.enter);
    expect(shown.place()).toBe('base');
  });

  it('keeps its answers when the user goes back and forth', async () => {
    const shown = await show('build');
    await shown.press('1', '.', '4', '.', '1', '2', '-', 'x', KEY.enter, KEY.enter, KEY.enter);
    expect(shown.place()).toBe('base');
    await shown.press(KEY.right, KEY.enter, KEY.enter, '3', KEY.escape);
    expect(shown.place()).toBe('base');
    expect(shown.text()).toContain('[local]');
    await shown.press(KEY.escape);
    expect(row(shown, 'version')).toContain('1.4.12-x');
    await shown.press(KEY.enter, KEY.enter, KEY.enter, KEY.enter, KEY.enter);
    expect(row(shown, 'organisations')).toContain('3');
  });

  it('opens at ? the help about the focused field, and accepts a question mark in a path', async () => {
    const shown = await show('build');
    await unfold(shown);
    await to(shown, 'base namespace');
    await shown.press('?');
    expect(shown.overlay()).toEqual({ id: 'help', topic: 'BaseDockerNamespace' });
    const network = await show('network');
    await unfold(network);
    await to(network, 'chaincode');
    await network.press('a', '?', KEY.tab);
    expect(row(network, 'chaincode')).toContain('a?');
  });

  it('shows the origin of each value', async () => {
    const found = {
      dockerNs: { text: 'acme', origin: 'file' },
      baseVersion: { text: '0.4.21', origin: 'flag' },
      goTags: { text: 'x', origin: 'last-run' },
    } as const;
    const shown = await show('build', { answers: { found, typed: {}, valid: {} } });
    await unfold(shown);
    const fields = ['namespace', 'base version', 'Go tags', 'label'];
    expect(fields.map((label) => row(shown, label).split(/ {2,}/).at(-1))).toEqual([
      'file',
      'flag',
      'last run',
      'default',
    ]);
  });
});

describe('the form of base images', () => {
  it('shows what each method means for both images', async () => {
    const shown = await show('base', { size: { columns: 120, rows: 40 } });
    expect(shown.text()).toContain('[auto]');
    expect(shown.text()).toMatch(/fabric-baseimage:amd64-0\.4\.22 +\+ will be pulled or built/);
    await shown.press(KEY.right);
    expect(shown.text()).toContain('local images only');
    expect(shown.text()).toMatch(/fabric-baseimage:amd64-0\.4\.22 +✗ missing/);
    // The options wrap around; the default is no answer.
    await shown.press(KEY.right, KEY.right, KEY.right);
    expect(row(shown, 'base images')).toMatch(/\[auto\].*default$/);
  });
});

describe('the network form', () => {
  it('lists the nodes and their ports', async () => {
    const shown = await show('network', { size: { columns: 120, rows: 40 } });
    await shown.press('1', KEY.down, '3');
    expect(shown.text()).toContain('5 containers in fw-x, on 127.0.0.1:');
    expect(shown.text()).toContain('peer2.org1.example.com :9051');
    expect(shown.text()).not.toContain('org2');
  });

  it('offers the consensus types of the release, and checks the number of orderers', async () => {
    const source = sourceAt('/fabric', '3.1.1');
    const shown = await show('network', {
      size: { columns: 80, rows: 34 },
      core: coreYaml('3.1.1'),
      source: { kind: 'ready', choice: 'auto', source, core: undefined },
    });
    await unfold(shown);
    await to(shown, 'consensus');
    expect(row(shown, 'consensus')).toMatch(/\[etcdraft\]/);
    await shown.press(KEY.right);
    expect(row(shown, 'consensus')).toMatch(/\[BFT\]/);
    await shown.press(KEY.up);
    expect(shown.text()).toContain('BFT needs at least 4 orderers');
    await shown.press(KEY.backspace, '4');
    expect(shown.text()).not.toContain('needs at least');
    expect(shown.text()).toContain('orderer4.example.com :7350');
  });

  it('offers CouchDB, and shows its ports', async () => {
    const shown = await show('network', { size: { columns: 120, rows: 40 } });
    expect(shown.text()).toContain('in its own LevelDB');
    await unfold(shown);
    await to(shown, 'CouchDB');
    await shown.press(KEY.right);
    expect(row(shown, 'CouchDB')).toMatch(/\[yes\]/);
    expect(shown.text()).toContain('couchdb3 :10057');
    expect(shown.text()).toContain('in its own CouchDB');
  });

  it('refuses more peers than a network can have, or than there are ports', async () => {
    const shown = await show('network');
    const next = async () => {
      await to(shown, 'more');
      await shown.press(KEY.enter);
    };
    await shown.press('9', KEY.down, '9');
    await next();
    expect(shown.place()).toBe('network');
    expect(shown.text()).toMatch(/› peers per org/);
    expect(shown.text()).toMatch(/use\s+at\s+most\s+7\s+peers/);
    await shown.press(KEY.backspace, '7');
    await to(shown, 'first port');
    await shown.press('6', '5', '0', '0', '0');
    await next();
    expect(shown.place()).toBe('network');
    expect(shown.text()).toMatch(/› first port/);
    expect(shown.text()).toMatch(/use\s+fewer\s+peers\s+or\s+a\s+lower\s+first\s+port/);
    await shown.press(...Array.from('65000', () => KEY.backspace), '7', '0', '5', '0');
    await next();
    expect(shown.place()).toBe('review');
  });
});

describe('the first port', () => {
  const owner = 'container fw-other-peer0.org1.example.com (compose project fw-other)';
  const taken = [7050, 7051].map((port) => ({ port, wantedBy: 'orderer.example.com', owner }));

  it.each(SIZES)('shows who uses its ports at $columns columns', async (size) => {
    const shown = await show('network', { size, ports: { kind: 'checked', taken } });
    expect(shown.wizardCalls).toContain('checkPorts');
    expect(row(shown, 'first port')).toMatch(/7050 {3}✗ 7050/);
    await to(shown, 'first port');
    expect(shown.text().replace(/\s+/g, ' ')).toContain(`7050, 7051 in use by ${owner.slice(0, 30)}`);
    expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
  });

  it('shows that the ports are free, or are being checked', async () => {
    const free = await show('network', { ports: { kind: 'checked', taken: [] } });
    expect(row(free, 'first port')).toContain('✓ no other program uses them');
    const asking = await show('network', { ports: { kind: 'checking' } });
    expect(row(asking, 'first port')).toContain('checking the ports');
  });

  it('does not block the next screen if it is in use', async () => {
    const shown = await show('network', { ports: { kind: 'checked', taken } });
    await to(shown, 'more');
    await shown.press(KEY.enter);
    expect(shown.place()).toBe('review');
  });

  it('is moved to other ports by one key, on any field', async () => {
    const shown = await show('network', { ports: { kind: 'checked', taken } });
    expect(shown.text()).toContain('Ctrl-F use ports from 8050');
    await shown.press('2', CTRL_F);
    expect(row(shown, 'organisations')).toContain('2');
    expect(row(shown, 'first port')).toContain('8050');
    const focused = await show('network', { ports: { kind: 'checked', taken } });
    await to(focused, 'first port');
    await focused.press('1', CTRL_F);
    expect(row(focused, 'first port')).toContain('8050');
    const free = await show('network', { ports: { kind: 'checked', taken: [] } });
    expect(free.text()).not.toContain('Ctrl-F');
  });
});
