/** The actions of the chaincode screens, whose controller is loaded when one is requested. */
import type { ChaincodeActions } from '../screens/chaincode-state.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppStore } from './app-store.ts';
import type { ChaincodeController } from './chaincode-controller.ts';

export interface LoadedActions extends ChaincodeActions {
  /** Starts to look for changes of fabric-wizard.yaml, and of the files of deployed chaincodes. Idempotent. */
  readonly watchFiles: () => void;
  /** Ends everything that an action has begun. */
  readonly end: () => void;
}

/** @param load returns the same controller each time */
export function chaincodeActions(
  app: AppStore,
  { t }: Theme,
  load: () => Promise<ChaincodeController>,
): LoadedActions {
  let loaded: ChaincodeController | undefined;
  const controller = async () => {
    loaded = await load();
    return loaded;
  };
  const attempt = (act: (chaincodes: ChaincodeController) => unknown) => {
    void app.attempt(async () => {
      await act(await controller());
    });
  };
  return {
    observe: () => attempt((chaincodes) => chaincodes.observe()),
    close: () => attempt((chaincodes) => chaincodes.close()),
    watchFiles: () => attempt((chaincodes) => chaincodes.files.start()),
    deploy: (choices) => attempt((chaincodes) => chaincodes.deploy(choices)),
    deployFolder: (path) => attempt((chaincodes) => chaincodes.deployFolder(path)),
    call: (call) => attempt((chaincodes) => chaincodes.call(call)),
    cancelCall: () => loaded?.cancelCall(),
    askRemoval: (name) => void app.open(async () => (await controller()).removalRoute(name)),
    remove: (name) => attempt((chaincodes) => chaincodes.remove(name)),
    followLog: (name) => attempt((chaincodes) => chaincodes.log.follow(name)),
    closeLog: () => attempt((chaincodes) => chaincodes.log.close()),
    saveLog: (name, path, filter) =>
      attempt(async (chaincodes) => {
        const { count, path: saved } = await chaincodes.saveLog(name, path, filter);
        app.update((state) => ({
          ...state,
          success: t('logs.saved', { count: String(count), path: saved }),
        }));
      }),
    end: () => loaded?.end(),
  };
}
