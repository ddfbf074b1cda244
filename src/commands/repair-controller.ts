/** The resolve screen's actions: shows which images the peers will ask for, and applies repairs. */
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { Repairing, RunCommand } from '../screens/app-state.ts';
import { currentRoute, type Route, replaceTop } from '../screens/navigation.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppStore } from './app-store.ts';
import { dispatchRepair } from './repair-dispatch.ts';
import type { TaskSlot } from './task-slot.ts';
import type { Terminal } from './terminal.ts';
import type { WizardController } from './wizard-controller.ts';

/** Number of output lines of an image build to keep. */
const MAX_LINES = 50;

export interface RepairControllerOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly theme: Theme;
  readonly app: AppStore;
  readonly tasks: TaskSlot;
  readonly wizard: Pick<WizardController, 'service'>;
  /** Starts a run and shows it. */
  readonly run: (request: RunCommand) => void;
}

export class RepairController {
  readonly #options: RepairControllerOptions;

  constructor(options: RepairControllerOptions) {
    this.#options = options;
  }

  /** @param container of a peer; default: any peer of the network */
  show(container: string | undefined): void {
    void this.#options.app.open(() => this.#resolveRoute(container));
  }

  apply(repair: Repair): void {
    const { app, wizard, run } = this.#options;
    dispatchRepair<void>(repair, {
      tag: (from, to) => void app.attempt(() => this.#tag(from, to)),
      override: (field, ref) =>
        void app.attempt(async () => {
          const service = await wizard.service();
          service.answer(field, ref);
          // Saved, so that later commands in this folder use the same image.
          await service.save();
          run({ command: 'up' });
        }),
      buildRuntime: (ref) => this.#buildRuntime(ref),
      buildImages: () => run({ command: 'build' }),
    });
  }

  async #resolveRoute(container: string | undefined): Promise<Route> {
    const { terminal, flags, theme } = this.#options;
    const { resolveRoute } = await import('./reading-routes.ts');
    return resolveRoute(terminal, flags, theme, container);
  }

  /** Updates the report if the screen still shows it. */
  async #refresh(): Promise<void> {
    const { app } = this.#options;
    const shown = currentRoute(app.state.navigation);
    if (shown.id !== 'resolve') return;
    const route = await this.#resolveRoute(shown.container);
    app.update((state) =>
      currentRoute(state.navigation) === shown
        ? { ...state, navigation: replaceTop(state.navigation, route) }
        : state,
    );
  }

  async #tag(from: string, to: string): Promise<void> {
    const [{ tagImage }, { currentDocker }] = await Promise.all([
      import('./resolve-fix.ts'),
      import('../pipeline/engine/current-docker.ts'),
    ]);
    await tagImage({ docker: await currentDocker(), dir: this.#options.terminal.dir }, from, to);
    await this.#refresh();
  }

  #buildRuntime(ref: string): void {
    const { app, tasks, terminal, theme } = this.#options;
    const abort = new AbortController();
    tasks.start(abort, async () => {
      app.setWork({ kind: 'repairing', ref, startedAt: Date.now(), lines: [], cancelling: false });
      const update = (change: (work: Repairing) => Partial<Repairing>) =>
        app.store.update((state) =>
          state.work.kind === 'repairing'
            ? { ...state, work: { ...state.work, ...change(state.work) } }
            : state,
        );
      const onLine = (line: string) => update(({ lines }) => ({ lines: [...lines, line].slice(-MAX_LINES) }));
      await app.attempt(async () => {
        const [{ buildRuntime }, { currentDocker }] = await Promise.all([
          import('./resolve-fix.ts'),
          import('../pipeline/engine/current-docker.ts'),
        ]);
        const ports = { docker: await currentDocker(), dir: terminal.dir, signal: abort.signal };
        await buildRuntime(ports, ref, {
          onLine,
          onWarning: (message) => onLine(theme.translate(message)),
          onProgress: (progress) => update(() => ({ progress })),
        });
        await this.#refresh();
      });
      app.setWork({ kind: 'idle' });
    });
  }
}
